'use strict';
// A batch process that is started before its file is known.
//
// Lean is loaded and initialised, which is most of what a start costs, and then waits for one line on standard input:
//   {"cwd": FOLDER, "arguments": [ARGUMENT, ...]}
// From there on it is `lean ARGUMENT ...` in that folder.
//
// C's `main` gets its number of arguments at the start, so Lean is started with as many as can be wanted, each of which
// says what is so anyway. Just before Lean reads them (it prints so), the strings are replaced.

const fs = require('fs');

// This is Lean's default. Later arguments count, and ours come last.
const PLACEHOLDER = '-t1024';
const MOST_ARGUMENTS = 256;
// The package prints this line between initialising Lean and reading the command line.
const READS_ARGUMENTS_NEXT = 'Shell options created';
const NEWLINE = 10;
const RETRY_MS = 20;

/** Blocks until a line has come, and returns it without its end; null when the input ends before. */
function readLine(fd) {
  const bytes = [];
  const byte = Buffer.alloc(1); // one at a time: what follows the line is Lean's standard input
  for (;;) {
    try {
      if (fs.readSync(fd, byte, 0, 1, null) === 0) return null;
    } catch (error) {
      if (error.code === 'EOF') return null; // what Windows says of a pipe that was closed
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS); // set to non-blocking by whoever started us
      continue;
    }
    if (byte[0] === NEWLINE) return Buffer.from(bytes).toString('utf8');
    bytes.push(byte[0]);
  }
}

/** Reads the line's JSON. Throws, with a reason for people, if it is not what is wanted. */
function parseRequest(line) {
  const { cwd, arguments: given } = JSON.parse(line);
  if (typeof cwd !== 'string' || !Array.isArray(given) || given.some((argument) => typeof argument !== 'string')) {
    throw new Error('expected {"cwd": "FOLDER", "arguments": ["ARGUMENT", ...]}');
  }
  if (given.length > MOST_ARGUMENTS) throw new Error(`more than ${MOST_ARGUMENTS} arguments`);
  return { cwd, given };
}

class AwaitedArguments {
  /** `onRequest({ cwd, given })` is called when the line has come, `onEnd()` when the input ends without one. */
  constructor({ onRequest, onEnd, onError }) {
    this.handlers = { onRequest, onEnd, onError };
    this.argv = 0; // the address of C's `argv`
    this.said = '';
    this.done = false;
  }

  get placeholders() {
    return new Array(MOST_ARGUMENTS).fill(PLACEHOLDER);
  }

  /** The module's exports with an entry point that takes note of where its arguments are. */
  watchEntry(exports) {
    const enter = exports.__main_argc_argv;
    return {
      ...exports,
      __main_argc_argv: (argc, argv) => {
        this.argv = argv;
        return enter(argc, argv);
      },
    };
  }

  /** Takes what the package prints for debugging; does not return before the arguments are there. */
  hear(lean, bytes) {
    if (this.done) return;
    this.said = (this.said + bytes.latin1Slice()).slice(-4 * READS_ARGUMENTS_NEXT.length);
    if (!this.said.includes(READS_ARGUMENTS_NEXT)) return;
    this.done = true;
    const line = readLine(0);
    if (line === null) {
      this.handlers.onEnd();
      return;
    }
    let request;
    try {
      request = parseRequest(line);
      this.handlers.onRequest(request);
    } catch (error) {
      this.handlers.onError(error);
      return;
    }
    this.replace(lean, request.given);
  }

  replace(lean, given) {
    const addresses = given.map((argument) => lean.stringToNewUTF8(argument));
    const first = 1 + MOST_ARGUMENTS - given.length; // argv[0] is the program
    new Uint32Array(lean.wasmMemory.buffer).set(addresses, (this.argv >> 2) + first);
  }
}

module.exports = { AwaitedArguments };
