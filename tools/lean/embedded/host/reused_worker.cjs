'use strict';
// A Lean worker whose document was closed serves the next one that begins with the same imports.
//
// To Lean it is still the first document, which has been edited: its address and its count of versions go on. What is
// sent to and fro is translated here: addresses where the protocol has them (never in texts), and version numbers.

const fs = require('fs');

// A worker grows with what it has elaborated; so it goes after so many documents, or when it has become so large.
const MOST_DOCUMENTS = 20;
const MOST_BYTES = 1.2 * 2 ** 30;
const PAGE_BYTES = 4096;

// What may stand before the first command: nothing to Lean, or part of the header.
const SPACE = /(?:\s+|--[^\n]*|\/-(?:(?!-\/)[^])*-\/)+/y;
const HEADER_COMMAND = /(?:module|prelude|(?:public\s+|meta\s+)*import(?:\s+all)?\s+[^\s]+)(?=\s|$)/y;

/** The header of a text, without comments. A nested comment ends it early, which costs a new worker and no more. */
function headerOf(text) {
  const commands = [];
  const take = (pattern, at) => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? '';
  };
  for (let at = 0; ; ) {
    at += take(SPACE, at).length;
    const command = take(HEADER_COMMAND, at);
    if (command === '') return commands.join('\n');
    commands.push(command.replaceAll(/\s+/g, ' '));
    at += command.length;
  }
}

/** The resident memory of a process in bytes; 0 where the system does not say. */
function residentBytes(pid) {
  try {
    return PAGE_BYTES * Number(fs.readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]);
  } catch {
    return 0;
  }
}

/** Rewrites the addresses in a message. `data` carries them in Lean's own form as well. */
function rewrite(value, from, to, inData = false) {
  if (typeof value === 'string') {
    if (!inData) return value;
    return value === from ? to : value.replaceAll(`«external:${from}»`, () => `«external:${to}»`);
  }
  if (Array.isArray(value)) return value.map((item) => rewrite(item, from, to, inData));
  if (value === null || typeof value !== 'object') return value;
  const result = {};
  for (const [key, item] of Object.entries(value)) {
    if ((key === 'uri' || key === 'targetUri') && item === from) result[key] = to;
    else if (key === 'changes' && item !== null && typeof item === 'object' && from in item) {
      result[key] = { [to]: item[from] };
    } else result[key] = rewrite(item, from, to, inData || key === 'data');
  }
  return result;
}

/** Adds to the version of each document that is named with one. */
function shift(value, by) {
  if (Array.isArray(value)) return value.map((item) => shift(item, by));
  if (value === null || typeof value !== 'object') return value;
  const result = {};
  for (const [key, item] of Object.entries(value)) {
    const isVersion = key === 'version' && Number.isInteger(item) && 'uri' in value;
    result[key] = isVersion ? item + by : shift(item, by);
  }
  return result;
}

class ReusedWorker {
  /** `worker` serves, under the address `uri`, a document whose last version was `version`. */
  constructor(worker, uri, version, header) {
    Object.assign(this, { worker, uri, version, header, documents: 1 });
    this.outer = null; // the address of the document that it serves now
    this.offset = 0; // from the client's versions to the worker's
  }

  get isWorn() {
    return this.documents >= MOST_DOCUMENTS || residentBytes(this.worker.child.pid) > MOST_BYTES;
  }

  edit(text) {
    this.version++;
    const textDocument = { uri: this.uri, version: this.version };
    return { method: 'textDocument/didChange', params: { textDocument, contentChanges: [{ text }] } };
  }

  /** The message that ends what is done for a document that was closed. */
  rest() {
    this.outer = null;
    return this.edit(`${this.header}\n`);
  }

  /** The message that makes a document of the client's the worker's. */
  adopt(uri, version, text) {
    this.documents++;
    this.outer = uri;
    this.offset = this.version + 1 - version;
    this.first = this.version + 1;
    return this.edit(text);
  }

  toWorker(message) {
    const params = shift(rewrite(message.params, this.outer, this.uri), this.offset);
    const version = params?.textDocument?.version;
    if (Number.isInteger(version)) this.version = Math.max(this.version, version);
    return { ...message, params };
  }

  /** null: it is about a document before. */
  fromWorker(message) {
    const about = message.params?.version ?? message.params?.textDocument?.version;
    if (message.id === undefined && Number.isInteger(about) && about < this.first) return null;
    return shift(rewrite(message, this.uri, this.outer), -this.offset);
  }
}

module.exports = { ReusedWorker, headerOf };
