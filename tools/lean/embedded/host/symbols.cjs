'use strict';
// The symbol table that replaces dlsym's search through 201,110 exports.
//
// Layout: open addressing with linear probing over `slots` (a power of two) entries of three 32-bit words,
//   [hash a, hash b, value]
// `value` is an index in the function table or the address of a constant; 0 marks an empty slot. The two hashes
// together name a symbol: `buildTable` fails if two symbols ever collide, so no names are stored.

const SLOTS = 1 << 19; // for ~200,000 symbols: a load below one half, so that a look-up probes 1-2 slots
const WORDS_PER_SLOT = 3;

// The hash is kept as source text because the patched lean.js needs the same code (see prepare_glue.cjs).
// `H` is a byte array and `p` the start of a NUL-terminated name in it; the results are `a` and `b`:
// FNV-1a, and a multiply-and-shift hash that is independent enough of it.
const HASH_SOURCE =
  'let a=-2128831035,b=52711,c;' +
  'for(let i=p;c=H[i];i++){a=Math.imul(a^c,16777619);b=Math.imul(b,31)+c^b>>>15}';

const hashOf = new Function('H', 'p', HASH_SOURCE + 'return [a|0,b|0]');

/** Builds the table from `[name: Buffer, value: number]` pairs. */
function buildTable(symbols) {
  const table = new Int32Array(WORDS_PER_SLOT * SLOTS);
  const seen = new Set();
  for (const [name, value] of symbols) {
    const [a, b] = hashOf(Buffer.concat([name, Buffer.from([0])]), 0);
    const key = `${a},${b}`;
    if (seen.has(key)) throw new Error(`two symbols share a hash; one is ${name}`);
    seen.add(key);
    if (value === 0) continue; // a null address cannot be told from "not found", which is what it means
    let slot = a & (SLOTS - 1);
    while (table[WORDS_PER_SLOT * slot + 2] !== 0) slot = (slot + 1) & (SLOTS - 1);
    table.set([a, b, value], WORDS_PER_SLOT * slot);
  }
  return Buffer.from(table.buffer);
}

module.exports = { HASH_SOURCE, buildTable };
