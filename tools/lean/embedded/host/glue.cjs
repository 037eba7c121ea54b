'use strict';
// Runs lean.js, Emscripten's glue, on the main thread and on each of its Workers.
//
// To read its 0.7 MB and to compile what is used takes each of them some 40 ms; V8's code for it is kept as that for
// lean.wasm is (code_cache.cjs).

const fs = require('fs');
const path = require('path');
const vm = require('vm');

const PARAMETERS = ['Module', 'require', 'module', '__filename', '__dirname'];

/** Runs the glue with `Module` (undefined on a Worker). Returns the script, of which V8's code can be had. */
function runGlue(file, Module, cachedData) {
  // As a function, since variables of a function are faster than global ones.
  const source = `(function (${PARAMETERS.join(', ')}) {${fs.readFileSync(file, 'latin1')}\n})`;
  const script = new vm.Script(source, { filename: file, cachedData });
  script.runInThisContext()(Module, require, { exports: {} }, file, path.dirname(file));
  return script;
}

module.exports = { runGlue };
