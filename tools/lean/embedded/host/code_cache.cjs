'use strict';
// V8's optimised code for lean.wasm, kept in a file between runs.
//
// Without it, each process optimises once more what runs often. V8 can write the machine code of a module, and read it
// again; it offers that to embedders only, so its own `%` functions are used here. What runs seldom is not kept: to
// compile it without optimising costs less than to read it.
//
// V8 takes what it is given: a file that was cut short or changed would crash the process, or run as code. So a file is
// read only if it and its folder belong to this user, and nobody else can write there; and it is given to V8 only if
// its length and checksums are right, and it was made from these very bytes of lean.wasm. Whether it fits this V8, its
// flags and this processor's features is checked by V8 itself, and the name of the file depends on them as well.

const crypto = require('crypto');
const fs = require('fs');
const os = require('os');
const path = require('path');
const v8 = require('v8');
const zlib = require('zlib');
const { Reader, SECTION, readSections } = require('./prepare_wasm.cjs');

const MAGIC = Buffer.from('qed-wasm-code-1\n', 'latin1');
const HEADER = { key: 16, length: 48, codeChecksum: 56, wasmChecksum: 60, headerChecksum: 64, size: 68 };
const FOLDER = 'code';
const SUFFIX = '.code';
const GLUE_SUFFIX = '.glue';
const OTHERS_MAY_WRITE = 0o022;

/** What V8's code depends on, as a hash in hexadecimal. `flags` are V8's flags that this process sets. */
function keyOf(flags) {
  const { node, v8: engine, modules } = process.versions;
  const processor = os.cpus()[0]?.model ?? '';
  const started = [process.execArgv, process.env.NODE_OPTIONS ?? ''];
  const facts = [node, engine, modules, process.platform, process.arch, processor, flags, started];
  return crypto.createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

const nameOf = (key) => `${key.slice(0, 32)}${SUFFIX}`;

/** The file of an installation's code for a key; it need not be there. */
function fileOf(installation, key) {
  return path.join(installation, FOLDER, nameOf(key));
}

/** The name that a file of code should have, by the key in it. */
function nameIn(file) {
  const key = Buffer.alloc(HEADER.length - HEADER.key);
  const fd = fs.openSync(file);
  try {
    readFully(fd, key, HEADER.key);
  } finally {
    fs.closeSync(fd);
  }
  return nameOf(key.toString('hex'));
}

/** V8's own functions are syntax that only exists while a flag is set. */
function withNatives(parameters, body, ...values) {
  v8.setFlagsFromString('--allow-natives-syntax');
  try {
    return new Function(...parameters, body)(...values);
  } finally {
    v8.setFlagsFromString('--no-allow-natives-syntax');
  }
}

/** Throws unless `stats` are those of something that only this user can have written. */
function refuseOthers(stats, what) {
  if (process.getuid === undefined) throw new Error('this system does not say who owns a file');
  if (stats.uid !== process.getuid()) throw new Error(`the ${what} belongs to another user`);
  if (stats.mode & OTHERS_MAY_WRITE) throw new Error(`others may write to the ${what}`);
}

function headerOf({ key, code, wasm }) {
  const header = Buffer.alloc(HEADER.size);
  MAGIC.copy(header);
  Buffer.from(key, 'hex').copy(header, HEADER.key);
  header.writeBigUInt64LE(BigInt(code.length), HEADER.length);
  header.writeUInt32LE(zlib.crc32(code), HEADER.codeChecksum);
  header.writeUInt32LE(zlib.crc32(wasm), HEADER.wasmChecksum);
  header.writeUInt32LE(zlib.crc32(header.subarray(0, HEADER.headerChecksum)), HEADER.headerChecksum);
  return header;
}

/** Fills `bytes` from the file; throws if the file is shorter. */
function readFully(fd, bytes, at) {
  for (let done = 0; done < bytes.length; ) {
    const size = fs.readSync(fd, bytes, done, bytes.length - done, at + done);
    if (size === 0) throw new Error('it is cut short');
    done += size;
  }
}

/** The code in a file as an ArrayBuffer; throws, with the reason, if it is not to be used. */
function readCode(file, key, wasm) {
  if (zlib.crc32 === undefined) throw new Error('this Node.js has no CRC-32');
  refuseOthers(fs.lstatSync(path.dirname(file)), 'folder');
  const fd = fs.openSync(file, fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0));
  try {
    const stats = fs.fstatSync(fd);
    refuseOthers(stats, 'file');
    const header = Buffer.alloc(HEADER.size);
    readFully(fd, header, 0);
    if (!header.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('it is no code cache');
    const sum = (bytes, field) => {
      if (zlib.crc32(bytes) !== header.readUInt32LE(field)) throw new Error('a checksum is wrong');
    };
    sum(header.subarray(0, HEADER.headerChecksum), HEADER.headerChecksum);
    if (header.toString('hex', HEADER.key, HEADER.length) !== key) throw new Error('it is for another V8 or processor');
    const length = Number(header.readBigUInt64LE(HEADER.length));
    if (stats.size !== HEADER.size + length) throw new Error('its length is wrong');
    sum(wasm, HEADER.wasmChecksum);
    const code = new ArrayBuffer(length);
    readFully(fd, new Uint8Array(code), HEADER.size);
    sum(new Uint8Array(code), HEADER.codeChecksum);
    return code;
  } finally {
    fs.closeSync(fd);
  }
}

/** What `read()` returns; undefined, and a note why, if it throws. */
function attempt(read, note) {
  try {
    return read();
  } catch (error) {
    note(`code cache not used: ${error.code === 'ENOENT' ? 'there is none' : error.message}`);
    return undefined;
  }
}

/** The module of `wasm`, compiled from the cache; null if there is none to be used. `note` is told why. */
function load({ file, key, wasm, note }) {
  const module_ = attempt(() => {
    const code = readCode(file, key, wasm);
    return withNatives(['b', 'w'], 'return %DeserializeWasmModule(b, w)', code, wasm) ?? fail('V8 refuses it');
  }, note);
  return module_ ?? null;
}

function fail(message) {
  throw new Error(message);
}

// ---------------------------------------------------------------------------------------- the code of lean.js

const NOTHING = Buffer.alloc(0); // V8 itself compares the source

/** The file with the code of lean.js that goes with a file of code. */
function glueFileOf(file) {
  return `${file.replace(/\.code$/, '')}${GLUE_SUFFIX}`;
}

/** V8's code for lean.js; undefined if there is none to be used. */
function loadGlue({ file, key, note }) {
  return attempt(() => Buffer.from(readCode(file, key, NOTHING)), note);
}

/** The same on another thread of a process that has checked the file; undefined if it is no longer the same. */
function readPart(file) {
  return attempt(() => {
    const key = fs.readFileSync(file).toString('hex', HEADER.key, HEADER.length);
    return Buffer.from(readCode(file, key, NOTHING));
  }, () => {});
}

function saveGlue({ file, key, code }) {
  write(file, headerOf({ key, code, wasm: NOTHING }), code);
}

// ---------------------------------------------------------------------------------------- writing

/** Writes a new file, to the disk itself. Throws if that is full. */
function write(file, ...parts) {
  const fd = fs.openSync(file, 'wx', 0o600);
  try {
    for (const part of parts) {
      for (let done = 0; done < part.length; ) done += fs.writeSync(fd, part, done);
    }
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** How many functions a wasm file defines. */
function countFunctions(wasm) {
  const reader = new Reader(wasm);
  const section = readSections(reader).find(({ id }) => id === SECTION.function);
  reader.at = section.body;
  return reader.uint();
}

/**
 * Gives each function the budget that a new module has.
 *
 * V8 writes, last of all, what is left of each function's budget before it is optimised. A warm-up leaves little, and
 * whoever read that would optimise at once what is hardly ever run.
 */
function renewBudgets(code, functions, budget) {
  const view = new DataView(code.buffer, code.byteOffset + code.length - 4 * functions);
  for (let at = 0; at < 4 * functions; at += 4) {
    if (view.getUint32(at, true) > budget) throw new Error('V8 writes its code in a form that is not known here');
    view.setUint32(at, budget, true);
  }
}

/**
 * Writes the optimised code of a module to a new file, with `budget` for what is not optimised. Throws if the disk is
 * full. V8 takes note of its flags, which must be those with which the file will be read.
 */
function save({ file, key, wasm, module: module_, budget }) {
  // Else V8 takes note of all that ran, and whoever reads that compiles it at once.
  withNatives([], '%FlushLiftoffCode()');
  const code = new Uint8Array(withNatives(['m'], 'return %SerializeWasmModule(m)', module_));
  renewBudgets(code, countFunctions(wasm), budget);
  write(file, headerOf({ key, code, wasm }), code);
}

module.exports = { fileOf, glueFileOf, keyOf, load, loadGlue, nameIn, readPart, save, saveGlue };
