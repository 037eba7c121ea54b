'use strict';
// Makes V8's code cache of an installation (code_cache.cjs):
//   node build_code_cache.cjs INSTALLATION FOLDER
// works in FOLDER, which is empty, and leaves there the code of lean.wasm and that of lean.js, under the names that they
// should have in the installation; prints the first. Takes some forty seconds of a processor. Exit status 1 and a line on stderr if it could not be made.
//
// One Lean takes what the other has left: a language server, then a batch run; and a last one proves that it is of use.

const fs = require('fs');
const path = require('path');
const { spawnSync } = require('child_process');
const { glueFileOf, nameIn } = require('./code_cache.cjs');
const { MAIN_STACK_KB, LeanProcess } = require('./lean_process.cjs');
const { FILE, STATEMENTS } = require('./warm_up.cjs');

const ANSWER_MS = 600_000; // everything is compiled, and others go first
const PROBE = 'theorem probe (a b : Nat) (h : a ≤ b) : a ≤ b + 1 := by omega\n';

/** A language server for one document, one question at a time. */
class Worker {
  constructor(installation, ours) {
    this.waiting = new Map(); // id of a request -> what to do with the answer
    this.lastId = 0;
    this.process = new LeanProcess(installation, ['-Dserver.reportDelayMs=0'], ours);
    this.process.onBody = (body) => this.receive(JSON.parse(body));
    this.ended = new Promise((resolve) => (this.process.onEnd = resolve));
  }

  receive(message) {
    if (message.method === undefined) this.waiting.get(message.id)?.(message);
    else if (message.id !== undefined) this.send({ id: message.id, result: null });
  }

  send(message) {
    this.process.send(Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message })));
  }

  /** The answer to a request, which may be an error; throws if there is none. */
  async ask(method, params) {
    const id = ++this.lastId;
    const answer = new Promise((resolve) => this.waiting.set(id, resolve));
    this.send({ id, method, params });
    let timer;
    const tooLate = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer to ${method}`)), ANSWER_MS);
    });
    const death = this.ended.then((meaning) => Promise.reject(new Error(`Lean has ended: ${meaning}`)));
    death.catch(() => {}); // looked at only while something is waited for
    try {
      return await Promise.race([answer, tooLate, death]);
    } finally {
      clearTimeout(timer);
      this.waiting.delete(id);
    }
  }
}

/** Opens a document, edits it, and asks what editors and qed ask. */
async function useLanguageServer(installation, ours) {
  const uri = 'file:///warm-up/WarmUp.lean';
  const textDocument = { uri };
  const worker = new Worker(installation, ours);
  let version = 1;
  const settle = () => worker.ask('textDocument/waitForDiagnostics', { uri, version });
  const change = async (contentChanges) => {
    worker.send({ method: 'textDocument/didChange', params: { textDocument: { uri, version: ++version }, contentChanges } });
    await settle();
  };
  const capabilities = { textDocument: { completion: { completionItem: { snippetSupport: true } } } };
  worker.process.initialize(
    Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params: { capabilities } })),
  );
  worker.send({ method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'lean4', version, text: FILE } } });
  await settle();
  const lines = FILE.split('\n');
  for (let line = 0; line < lines.length; line += 3) {
    const at = { textDocument, position: { line, character: lines[line].length } };
    await worker.ask('$/lean/plainGoal', at);
    await worker.ask('textDocument/hover', { textDocument, position: { line, character: 9 } });
  }
  await worker.ask('textDocument/documentSymbol', { textDocument });
  await worker.ask('textDocument/completion', { textDocument, position: { line: 45, character: 3 } });
  for (const [statement, tactics] of STATEMENTS) {
    const head = `${statement} := by\n`;
    await change([{ text: `${head}  sorry\n` }]);
    let before = 'sorry';
    for (const tactic of tactics) {
      const end = before.split('\n');
      const last = end[end.length - 1];
      const character = end.length === 1 ? 2 + last.length : last.length;
      const range = { start: { line: 1, character: 2 }, end: { line: end.length, character } };
      await change([{ range, text: tactic }]);
      before = tactic;
      await worker.ask('$/lean/plainGoal', { textDocument, position: { line: 1, character: 2 } });
      await worker.ask('$/lean/plainTermGoal', { textDocument, position: { line: 1, character: 4 } });
      const all = { start: { line: 1, character: 0 }, end: { line: 9, character: 0 } };
      await worker.ask('textDocument/codeAction', { textDocument, range: all, context: { diagnostics: [] } });
    }
  }
  worker.process.child.stdin.end();
  await worker.ended;
}

/** Runs `lean -o` on a text; the status is that of the text. */
function runBatch(installation, folder, ours, text) {
  const file = path.join(folder, 'WarmUp.lean');
  fs.writeFileSync(file, text);
  const command = [`--stack-size=${MAIN_STACK_KB}`, path.join(__dirname, 'worker.cjs'), installation, ...ours];
  const lean = [...command, '-j4', '--json', '-o', path.join(folder, 'WarmUp.olean'), file];
  // Its input stays open, in case it waits for arguments that do not come; Lean's messages are of no interest.
  return spawnSync(process.execPath, lean, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], timeout: ANSWER_MS });
}

async function build(installation, folder) {
  const [first, second] = ['first', 'second'].map((name) => path.join(folder, name));
  const probed = path.join(folder, 'probe');
  fs.mkdirSync(probed);
  await useLanguageServer(installation, [`--read-code=${path.join(folder, 'none')}`, `--write-code=${first}`]);
  if (!fs.existsSync(first)) throw new Error('the language server left no code');
  // What is wrong in the file keeps Lean from writing an .olean: a file without that follows.
  const good = FILE.split('\n').filter((line) => !/^#|^theorem (open'|wrong)|^theorem unfinished|^  constructor$/.test(line));
  const batch = runBatch(installation, probed, [`--read-code=${first}`, `--write-code=${second}`], good.join('\n'));
  if (!fs.existsSync(second)) throw new Error(`a batch run left no code: ${batch.stderr}`);
  for (const file of [first, glueFileOf(first)]) fs.unlinkSync(file);
  const probe = runBatch(installation, probed, [`--read-code=${second}`], PROBE);
  if (probe.status !== 0) throw new Error(`Lean does not run with it: ${probe.stderr}`);
  fs.rmSync(probed, { recursive: true });
  const name = nameIn(second);
  fs.renameSync(second, path.join(folder, name));
  fs.renameSync(glueFileOf(second), glueFileOf(path.join(folder, name)));
  return name;
}

const [installation, folder] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node build_code_cache.cjs INSTALLATION FOLDER');
  process.exit(2);
}
build(installation, folder).then(
  (name) => console.log(name),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
