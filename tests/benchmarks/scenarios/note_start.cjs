"use strict";

// For NODE_OPTIONS=--require: every process of Node appends its arguments as a line of JSON to QED_BENCHMARK_STARTS.
const { isMainThread } = require("node:worker_threads");
if (isMainThread && process.env.QED_BENCHMARK_STARTS)
  require("node:fs").appendFileSync(process.env.QED_BENCHMARK_STARTS, JSON.stringify(process.argv.slice(1)) + "\n");
