'use strict';
// A Worker that runs threads of Lean: `new Worker('pthread.cjs', { argv: [GLUE, CODE] })`, CODE a file or ''.

const { readPart } = require('./code_cache.cjs');
const { runGlue } = require('./glue.cjs');

const [glue, code] = process.argv.slice(2);
runGlue(glue, undefined, code ? readPart(code) : undefined);
