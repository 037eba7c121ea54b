'use strict';
// Runs Lean itself: one `lean --worker` (a language server for one document) or one `lean FILE`.
//   node --stack-size=4000 worker.cjs INSTALLATION [options of ours ...] [lean arguments ...]
// Options of ours:
//   --await-arguments   wait for Lean's arguments on stdin (awaited_arguments.cjs)
//   --read-code=FILE    take V8's code from there (code_cache.cjs), not from the installation
//   --write-code=FILE   optimise early, and write the code there in the end
// INSTALLATION is the folder that prepare.cjs and the installer filled: lean.js, lean.wasm, lean.sym, lib/.
// Environment: QED_CODE_CACHE=off uses no code cache; QED_LEAN_DEBUG=1 shows the package's own debugging output and start-up times on stderr.

const fs = require('fs');
const path = require('path');
const util = require('util');
const v8 = require('v8');
const { SHARE_ENV, Worker, receiveMessageOnPort } = require('worker_threads');
const { AwaitedArguments } = require('./awaited_arguments.cjs');
const codeCache = require('./code_cache.cjs');
const { framesOnly, linesWithoutNoise, writeFully } = require('./output.cjs');
const { runGlue } = require('./glue.cjs');
const { FIELD, Handover, newWords } = require('./handover.cjs');
const { mountFileSystem } = require('./filesystem.cjs');
const { Stdin } = require('./stdin.cjs');

// Threads made before Lean starts: so many are used by every file, an edit uses up to six at once. Making one costs some
// 100 ms of a processor, having one some 40 MB.
const POOL_SIZE = 4;
// Megabytes of native stack a thread: Lean's own guard against deep recursion (8 MB of its linear stack) needs some
// five times that in V8 frames; with less, V8 overflows first and the process dies.
const THREAD_STACK_MB = 64;
// Megabytes for new JavaScript objects a thread (Node's default is 48): a thread makes hardly any.
const THREAD_YOUNG_MB = 2;
// Bytes of linear stack for the main thread. The built-in one lies directly above static data and is small: a deep
// parse overwrote globals.
const MAIN_STACK_BYTES = 32 << 20;
// Roughly the bytes of code that a function runs before it is optimised: here, and where the code is kept for others.
const TIERING_BUDGET = 50_000_000;
const WARM_UP_BUDGET = 300_000;
const V8_FLAGS = [
  '--wasm-lazy-validation', // 110 MB of code, of which a session runs a few per cent: check functions when first called
  `--wasm-tiering-budget=${TIERING_BUDGET}`, // optimise only what is really hot: the optimising compiler competes with Lean
  '--no-memory-reducer', // the heaps of idle threads are tiny: collecting them every five seconds is all that they do
];
// After the end of input a worker may still be elaborating; nobody wants the result.
const END_GRACE_MS = 500;
const PARENT_POLL_MS = 500;
const INFORMATION = new Set([
  ...['-h', '--help', '-v', '--version', '-V', '--short-version', '-g', '--githash', '--features'],
  ...['--print-prefix', '--print-libdir'],
]);

const OURS = /^--(await-arguments$|read-code=|write-code=)/;

const DEBUG = Boolean(process.env.QED_LEAN_DEBUG);
const { installation, ours, leanArguments: givenArguments } = splitArguments(process.argv.slice(2));
let leanArguments = givenArguments;
if (!installation) {
  console.error('usage: node --stack-size=4000 worker.cjs INSTALLATION [lean arguments ...]');
  process.exit(2);
}
const libraryInside = path.posix.join(toPosix(installation), 'lib');
const isLanguageServer = leanArguments.includes('--worker');
const awaited = ours.has('--await-arguments') ? awaitArguments() : null;
const codeWritten = ours.get('--write-code');
const parent = process.ppid;
for (const flag of V8_FLAGS) v8.setFlagsFromString(flag);

function splitArguments([installation, ...rest]) {
  const ours = new Map();
  for (; OURS.test(rest[0]); rest.shift()) {
    const [name, ...value] = rest[0].split('=');
    ours.set(name, value.join('='));
  }
  return { installation, ours, leanArguments: rest };
}

function awaitArguments() {
  return new AwaitedArguments({
    onRequest({ cwd, given }) {
      process.chdir(cwd);
      lean.FS.chdir(toPosix(cwd));
      leanArguments = given;
      note('arguments');
    },
    onEnd: () => process.reallyExit(0),
    onError(error) {
      writeFully(2, Buffer.from(`lean: ${error.message}\n`));
      process.reallyExit(2);
    },
  });
}

function note(text) {
  if (DEBUG) fs.writeSync(2, `[worker ${performance.now().toFixed(0)} ms] ${text}\n`);
}

/**
 * Ends the process when a thread or the main program has crashed (for example by a stack overflow in V8). An orderly
 * exit would wait for threads that wait for the dead one; whoever started us sees a signal and reports a crash.
 */
function die(error) {
  writeFully(2, Buffer.from(`lean: fatal: ${(error?.stack ?? util.inspect(error)).slice(0, 400)}\n`));
  process.kill(process.pid, 'SIGKILL');
}
process.on('uncaughtException', die);
process.on('unhandledRejection', die);

let lean; // the Emscripten module

const publicPorts = new WeakMap();
/** The port behind `worker.onmessage`: reading it needs no event loop, and ours does not turn while Lean runs. */
function portOf(worker) {
  let port = publicPorts.get(worker);
  if (port === undefined) {
    const key = Object.getOwnPropertySymbols(worker).find((symbol) => String(symbol) === 'Symbol(kPublicPort)');
    port = worker[key];
    publicPorts.set(worker, port);
  }
  return port;
}

let messagesSeen = 0;

/** Delivers what the threads have asked of the main thread. Ports are looked at after a message, or `everywhere`. */
function serveThreads(everywhere = false) {
  lean.__emscripten_check_mailbox();
  threads.collect(lean.markAsFinished, lean.cleanupThread);
  const messages = Atomics.load(bell, FIELD.messages);
  if (messages === messagesSeen && !everywhere) return;
  messagesSeen = messages;
  const { runningWorkers, unusedWorkers } = lean.PThread;
  for (const worker of [...runningWorkers, ...unusedWorkers]) {
    const port = portOf(worker);
    for (;;) {
      const received = receiveMessageOnPort(port);
      if (received === undefined) break;
      if (received.message.cmd === 'uncaughtException') die(received.message.error);
      worker.onmessage({ data: received.message });
    }
  }
}

const bell = newWords();
const threads = new Handover(bell);
const stdin = new Stdin({ bell, serve: serveThreads, endGraceMs: isLanguageServer && !codeWritten ? END_GRACE_MS : 0 });
if (isLanguageServer) stdin.start();
else endWithParent();

/** Whoever ran us may be killed: then nobody waits for the result. A server notices it by the end of its input. */
function endWithParent() {
  const watch = `
    setInterval(() => process.ppid === ${parent} || process.kill(process.pid, 'SIGKILL'), ${PARENT_POLL_MS});`;
  new Worker(watch, { eval: true }).unref();
}

function readInput(target, offset, length) {
  if (length === 0) return 0; // the C library's readv asks for nothing at first
  const count = stdin.read(target, offset, length);
  // For Lean the end of input is an error that it reports; for us it is the normal end.
  if (count === 0 && isLanguageServer) {
    if (process.ppid === parent) writeCode(); // else nobody waits for it
    process.reallyExit(0);
  }
  return count;
}

function onNoise(bytes) {
  if (DEBUG) writeFully(2, bytes);
  awaited?.hear(lean, bytes);
}
const writeOut = isLanguageServer ? framesOnly(1, onNoise) : linesWithoutNoise(1, onNoise);
const writeErrLines = linesWithoutNoise(2, onNoise);
let unknownOption = false;
function writeErr(bytes) {
  unknownOption ||= bytes.includes('Unknown command line option');
  writeErrLines(bytes);
}
// What comes by JavaScript's own console is never Lean's output.
globalThis.hostPrint = (text) => onNoise(Buffer.from(text));
console.log = (...values) => globalThis.hostPrint(`${values.join(' ')}\n`);

/** A view of linear memory may be shared with other threads, which Node's file functions do not take: copy. */
function copyOf(view, offset, length) {
  const start = view.byteOffset + offset;
  return Buffer.from(view.buffer.slice(start, start + length));
}

function replaceStandardStreams() {
  const { FS } = lean;
  const override = (fd, operations) => {
    const stream = FS.getStream(fd);
    stream.stream_ops = { ...stream.stream_ops, ...operations };
  };
  const writer = (write) => (stream, view, offset, length) => {
    write(copyOf(view, offset, length));
    return length;
  };
  override(0, { read: (stream, view, offset, length) => readInput(view, offset, length) });
  override(1, { write: writer(writeOut) });
  override(2, { write: writer(writeErr) });
}

function moveMainStack() {
  const low = (lean._malloc(MAIN_STACK_BYTES) + 15) & ~15;
  const high = low + MAIN_STACK_BYTES - 16;
  lean._emscripten_stack_set_limits(high, low);
  lean.__emscripten_stack_restore(high);
}

function setEnvironment() {
  const { ENV } = lean;
  ENV.LEAN_PATH = libraryInside;
  ENV.LEAN_SYSROOT = toPosix(installation);
  ENV.LLVM_PROFILE_FILE = '/dev/null'; // this build is instrumented; its profile would land in the current folder
  for (const name of ['LEAN_NUM_THREADS', 'LEAN_ABORT_ON_PANIC', 'LEAN_BACKTRACE']) {
    if (name in process.env) ENV[name] = process.env[name];
  }
}

function toPosix(file) {
  return path.sep === '/' ? file : `/${file.replaceAll(path.sep, '/')}`;
}

function readSymbols() {
  const file = path.join(installation, 'lean.sym');
  const bytes = new Uint8Array(new SharedArrayBuffer(fs.statSync(file).size));
  const fd = fs.openSync(file);
  fs.readSync(fd, bytes, 0, bytes.length, 0);
  fs.closeSync(fd);
  return new Int32Array(bytes.buffer);
}

let writeCode = () => {};
const codeKey = codeCache.keyOf(V8_FLAGS);
const codeFile = ours.get('--read-code') ?? codeCache.fileOf(installation, codeKey);
const glueCodeFile = codeCache.glueFileOf(codeFile);
const mayReadCode = process.env.QED_CODE_CACHE !== 'off';
const glueCode = mayReadCode ? codeCache.loadGlue({ file: glueCodeFile, key: codeKey, note }) : undefined;

/** The module of `wasm`, with the optimised code of earlier runs if there is any. */
function compile(wasm) {
  const key = codeKey;
  const cached = mayReadCode ? codeCache.load({ file: codeFile, key, wasm, note }) : null;
  if (!codeWritten) return cached ?? new WebAssembly.Module(wasm);
  v8.setFlagsFromString(`--wasm-tiering-budget=${WARM_UP_BUDGET}`);
  const module_ = cached ?? new WebAssembly.Module(wasm);
  writeCode = () => {
    for (const flag of V8_FLAGS) v8.setFlagsFromString(flag);
    codeCache.save({ file: codeWritten, key, wasm, module: module_, budget: TIERING_BUDGET });
    codeCache.saveGlue({ file: codeCache.glueFileOf(codeWritten), key, code: glueScript.createCachedData() });
  };
  return module_;
}

function exit(status, reason) {
  // ExitStatus is the glue's word for an ordinary exit; anything else that ends the program is a crash.
  if (reason?.name !== 'ExitStatus') die(reason);
  lean._fflush(0);
  writeCode();
  process.reallyExit(trueStatus(status));
}

/** This build returns something arbitrary where Lean prints what it was asked for, or complains, and stops. */
function trueStatus(status) {
  if (unknownOption) return 1;
  return leanArguments.some((argument) => INFORMATION.has(argument)) ? 0 : status;
}

const glue = path.join(installation, 'lean.js');
lean = {
  hostPoolSize: POOL_SIZE,
  hostWorkerOptions: {
    argv: [glue, glueCode === undefined ? '' : glueCodeFile],
    env: SHARE_ENV,
    resourceLimits: { stackSizeMb: THREAD_STACK_MB, maxYoungGenerationSizeMb: THREAD_YOUNG_MB },
  },
  mainScriptUrlOrBlob: path.join(__dirname, 'pthread.cjs'),
  hostShared: {
    symbols: readSymbols(),
    handover: bell,
    handoverModule: path.join(__dirname, 'handover.cjs'),
    filesModule: path.join(__dirname, 'library_files.cjs'),
    library: { inside: `${libraryInside}/`, outside: path.join(installation, 'lib', path.sep) },
  },
  hostExit: exit,
  thisProgram: path.posix.join(toPosix(installation), 'bin', 'lean'),
  arguments: awaited?.placeholders ?? leanArguments,
  instantiateWasm(imports, done) {
    const module_ = compile(fs.readFileSync(path.join(installation, 'lean.wasm')));
    note('wasm module');
    const instance = new WebAssembly.Instance(module_, imports);
    done(awaited === null ? instance : { exports: awaited.watchEntry(instance.exports) }, module_);
    note('wasm instance');
    return {};
  },
  preRun: [
    () => {
      lean.runtimeKeepalivePush(); // otherwise the first callback from a thread would end the program
      mountFileSystem(lean.FS);
      setEnvironment();
      lean.FS.chdir(toPosix(process.cwd()));
    },
  ],
  onRuntimeInitialized() {
    replaceStandardStreams();
    moveMainStack();
    Atomics.store(bell, FIELD.mainThread, lean._pthread_self());
    note('runtime initialized');
  },
};
const glueScript = runGlue(glue, lean, glueCode);
