'use strict';
// Rewrites lean.wasm once, so that starting a thread costs nothing per exported symbol.
//
// As shipped it exports 201,110 symbols, because Lean's interpreter finds compiled code with dlsym. V8 builds a
// JavaScript object for each, in every thread, and lean.js copies them and grows the function table one by one.
// Here every exported function is put in the function table by ONE static element segment (so that it has the same
// index in every thread), the exports shrink to those that lean.js itself uses, and the addresses of all symbols go
// to a table of our own (symbols.cjs). And two things in Emscripten's own code are repaired: a race
// (`signalInsideLock`), and waits that burn a processor (`wakeSeldom`).
//
// Format: https://webassembly.github.io/spec/core/binary/modules.html

const SECTION = { import: 2, function: 3, table: 4, global: 6, export: 7, element: 9, code: 10 };
const KIND = { function: 0, table: 1, memory: 2, global: 3 };
const OP_END = 0x0b;
const OP_CALL = 0x10;
const OP_DROP = 0x1a;
const OP_LOCAL_GET = 0x20;
const OP_I32_CONST = 0x41;
const OP_F64_CONST = 0x44;
const OP_I32_ADD = 0x6a;
const TYPE_FUNCREF = 0x70;

function fail(message) {
  throw new Error(`lean.wasm is not the file that was expected: ${message}`);
}

/** Reads the primitive encodings of a wasm file. */
class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  byte() {
    return this.bytes[this.at++];
  }

  /** Unsigned LEB128. */
  uint() {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.bytes[this.at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }

  /** Signed LEB128 of 32 bits. */
  int32() {
    let value = 0;
    let shift = 0;
    for (;;) {
      const byte = this.bytes[this.at++];
      value |= (byte & 127) << shift;
      shift += 7;
      if (byte < 128) return shift < 32 && byte & 64 ? value | (-1 << shift) : value;
    }
  }

  name() {
    const length = this.uint();
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

function encodeUint(number) {
  const bytes = [];
  do {
    bytes.push((number & 127) | (number > 127 ? 128 : 0));
    number = Math.floor(number / 128);
  } while (number > 0);
  return bytes;
}

function encodeSection(id, parts) {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([id, ...encodeUint(body.length)]), body]);
}

function readSections(reader) {
  reader.at = 8; // magic number and version
  const sections = [];
  while (reader.at < reader.bytes.length) {
    const start = reader.at;
    const id = reader.byte();
    const size = reader.uint();
    sections.push({ id, start, body: reader.at, end: reader.at + size });
    reader.at += size;
  }
  return sections;
}

/** How many functions and globals are imported: they come first in their index spaces. */
function countImports(reader) {
  let functions = 0;
  let globals = 0;
  for (let left = reader.uint(); left > 0; left--) {
    reader.name();
    reader.name();
    const kind = reader.byte();
    if (kind === KIND.function) {
      reader.uint();
      functions++;
    } else if (kind === KIND.global) {
      reader.at += 2;
      globals++;
    } else if (kind === KIND.memory) {
      const hasMaximum = reader.byte() & 1;
      reader.uint();
      if (hasMaximum) reader.uint();
    } else {
      fail(`import of kind ${kind}`);
    }
  }
  return { functions, globals };
}

/** The values of the constant globals (addresses of C data), null for the others. */
function readGlobals(reader, imported) {
  const values = new Array(imported).fill(null);
  for (let left = reader.uint(); left > 0; left--) {
    reader.at += 2; // type and mutability
    if (reader.byte() === OP_I32_CONST) {
      values.push(reader.int32());
    } else {
      values.push(null);
      reader.uint();
    }
    if (reader.byte() !== OP_END) fail('the initial value of a global');
  }
  return values;
}

function readTableSize(reader) {
  const single = reader.uint() === 1 && reader.byte() === TYPE_FUNCREF && reader.byte() === 0;
  if (!single) fail('the table section');
  return reader.uint();
}

/** The only element segment: `base` is the table index of its first function. */
function readElements(reader, section) {
  if (reader.uint() !== 1 || reader.uint() !== 0 || reader.byte() !== OP_I32_CONST) fail('the element section');
  const base = reader.int32();
  if (reader.byte() !== OP_END) fail('the element offset');
  const count = reader.uint();
  const start = reader.at;
  const tableIndex = new Map();
  for (let i = 0; i < count; i++) tableIndex.set(reader.uint(), base + i);
  if (reader.at !== section.end) fail('the end of the element section');
  if (base < 0 || base > 63) fail(`the element base ${base}`); // one byte of signed LEB128 is written below
  return { base, count, tableIndex, raw: reader.bytes.subarray(start, section.end) };
}

/** The bytes of a function's body; `index` counts the imported functions as well. */
function functionBody(reader, section, index, imported) {
  reader.at = section.body;
  const defined = reader.uint();
  if (index < imported || index >= imported + defined) fail(`no function ${index}`);
  for (let left = index - imported; left > 0; left--) {
    const size = reader.uint();
    reader.at += size;
  }
  const size = reader.uint();
  return { start: reader.at, end: reader.at + size };
}

// emscripten_proxy_finish in system/lib/pthread/proxying.c: its parameter is the context that the
// waiting thread keeps on its stack, with the condition variable at this offset, and the mutex is in local 2.
const CONTEXT_LOCAL = 0;
const MUTEX_LOCAL = 2;
const CONDITION_OFFSET = 0x28;

/**
 * Returns the parts of the code section with emscripten_proxy_finish repaired: it signals, then unlocks.
 *
 * With this function the main thread tells a thread that the call it waits for is done: lock, say so, unlock, signal a
 * condition variable. All of it lies on the stack of the waiting thread, which may see between unlock and signal that
 * the call is done, and go on: the signal then meets whatever has come to lie there, and waits for a lock that nobody
 * holds, or takes a waiter off another list. On a busy machine one start in some fifty hung for ever. Signalled before
 * the lock is given back, the other cannot leave too early.
 */
function signalInsideLock(reader, section, functions, imported) {
  const call = (name) => [OP_CALL, ...encodeUint(functions.get(name)), OP_DROP];
  const unlock = [OP_LOCAL_GET, MUTEX_LOCAL, ...call('pthread_mutex_unlock')];
  const condition = [OP_LOCAL_GET, CONTEXT_LOCAL, OP_I32_CONST, CONDITION_OFFSET, OP_I32_ADD];
  const signal = [...condition, ...call('pthread_cond_signal')];
  const { start, end } = functionBody(reader, section, functions.get('emscripten_proxy_finish'), imported);
  const body = reader.bytes.subarray(start, end);
  const wrong = Buffer.from([...unlock, ...signal]);
  const at = body.indexOf(wrong);
  if (at < 0 || body.indexOf(wrong, at + 1) >= 0) fail('emscripten_proxy_finish');
  const [repairFrom, repairTo] = [start + at, start + at + wrong.length];
  const { bytes } = reader;
  return [bytes.subarray(section.start, repairFrom), [...signal, ...unlock], bytes.subarray(repairTo, section.end)];
}

const FUNCTIONS_TO_REPAIR = ['emscripten_proxy_finish', 'pthread_mutex_unlock', 'pthread_cond_signal'];

const SLICES = 3; // __timedwait_cp, __wait, emscripten_thread_sleep
const SLICE_MS = 100;
const LONGER_SLICE_MS = 1000;

/**
 * Makes waiting threads look less often whether they were cancelled: once a second, where Emscripten does it ten times.
 *
 * In three of Emscripten's functions that wait stands `is_runtime_thread ? 1 : 100`, the milliseconds of a slice of
 * waiting. Whoever is signalled wakes at once all the same; only a cancellation waits for the end of a slice, and Lean
 * cancels no thread. With some ten idle threads the looks took 0.6 % of a processor.
 */
function wakeSeldom(code) {
  const constant = (number) => {
    const bytes = Buffer.alloc(9, OP_F64_CONST);
    bytes.writeDoubleLE(number, 1);
    return bytes;
  };
  const slice = Buffer.concat([constant(1), constant(SLICE_MS)]);
  let found = 0;
  for (let at = code.indexOf(slice); at >= 0; at = code.indexOf(slice, at + 1)) {
    constant(LONGER_SLICE_MS).copy(code, at + slice.length / 2);
    found++;
  }
  if (found !== SLICES) fail(`${found} waits in slices of ${SLICE_MS} ms`);
  return code;
}

/**
 * Returns `{ wasm, symbols, stats }`: the new module, and `[name, table index or address]` of every exported function
 * and constant. `keep` names the exports that stay.
 */
function rewriteWasm(bytes, keep) {
  const reader = new Reader(bytes);
  const sections = readSections(reader);
  const enter = (id) => {
    const found = sections.filter((section) => section.id === id);
    if (found.length !== 1) fail(`${found.length} sections with id ${id}`);
    reader.at = found[0].body;
    return found[0];
  };

  enter(SECTION.import);
  const imported = countImports(reader);
  enter(SECTION.global);
  const globals = readGlobals(reader, imported.globals);
  enter(SECTION.table);
  const tableSize = readTableSize(reader);
  const elements = readElements(reader, enter(SECTION.element));
  if (elements.base + elements.count !== tableSize) fail('the element segment does not fill the table');

  enter(SECTION.export);
  const missing = new Set(keep);
  const keptExports = [];
  const addedFunctions = [];
  const symbols = [];
  const toRepair = new Map();
  for (let left = reader.uint(); left > 0; left--) {
    const start = reader.at;
    const name = reader.name();
    const kind = reader.byte();
    const index = reader.uint();
    const text = name.toString('latin1');
    if (missing.delete(text)) keptExports.push(bytes.subarray(start, reader.at));
    if (FUNCTIONS_TO_REPAIR.includes(text)) toRepair.set(text, index);
    if (kind === KIND.function && index >= imported.functions) {
      if (!elements.tableIndex.has(index)) {
        elements.tableIndex.set(index, tableSize + addedFunctions.length);
        addedFunctions.push(index);
      }
      symbols.push([name, elements.tableIndex.get(index)]);
    } else if (kind === KIND.global && typeof globals[index] === 'number') {
      symbols.push([name, globals[index]]);
    }
  }
  if (missing.size > 0) fail(`exports not found: ${[...missing].slice(0, 8).join(', ')}`);

  if (toRepair.size !== FUNCTIONS_TO_REPAIR.length) fail(`only ${[...toRepair.keys()]} of what is to be repaired`);
  const code = signalInsideLock(reader, enter(SECTION.code), toRepair, imported.functions);

  const newTableSize = tableSize + addedFunctions.length;
  const replaced = {
    [SECTION.code]: wakeSeldom(Buffer.concat(code.map((part) => Buffer.from(part)))),
    [SECTION.table]: encodeSection(SECTION.table, [[1, TYPE_FUNCREF, 0, ...encodeUint(newTableSize)]]),
    [SECTION.export]: encodeSection(SECTION.export, [encodeUint(keptExports.length), ...keptExports]),
    [SECTION.element]: encodeSection(SECTION.element, [
      [1, 0, OP_I32_CONST, elements.base, OP_END, ...encodeUint(elements.count + addedFunctions.length)],
      elements.raw,
      addedFunctions.flatMap(encodeUint),
    ]),
  };
  const parts = sections.map((section) => replaced[section.id] ?? bytes.subarray(section.start, section.end));
  return {
    wasm: Buffer.concat([bytes.subarray(0, 8), ...parts]),
    symbols,
    stats: { symbols: symbols.length, exportsKept: keptExports.length, tableSize: newTableSize },
  };
}

module.exports = { Reader, SECTION, readSections, rewriteWasm };
