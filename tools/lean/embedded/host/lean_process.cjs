'use strict';
// One `lean --worker`: a child process that serves one document.

const path = require('path');
const { spawn } = require('child_process');
const { FrameReader, frame } = require('./framing.cjs');

// Kilobytes of stack for the worker's main thread, in which Lean's parser recurses: half of the system's usual 8 MB.
const MAIN_STACK_KB = 4000;
// Threads of Lean's task pool. More than four gain nothing in a file that is edited at one place, and cost 40 MB each.
const LEAN_THREADS = 4;

/** What the exit of a worker means; Lean/Server/Watchdog.lean reads the codes so. */
const ENDED = 'ended';
const HEADER_CHANGED = 'header changed';
const EXITED = 'exited';
const CRASHED = 'crashed';

function meaningOf(code) {
  if (code === 0) return ENDED;
  if (code === 1) return EXITED;
  if (code === 2) return HEADER_CHANGED;
  return CRASHED; // any other code, or a signal (code null)
}

class LeanProcess {
  /**
   * `options` are Lean's, `ours` those of worker.cjs. `onBody(bytes)` gets each message; `onEnd(meaning)` is called
   * once, after the last of them.
   */
  constructor(installation, options, ours = []) {
    this.onBody = () => {};
    this.onEnd = () => {};
    this.initialized = false;
    const command = [`--stack-size=${MAIN_STACK_KB}`, path.join(__dirname, 'worker.cjs'), installation];
    this.child = spawn(process.execPath, [...command, ...ours, `-j${LEAN_THREADS}`, ...options, '--worker'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      windowsHide: true,
    });
    const reader = new FrameReader((body) => this.onBody(body));
    this.child.stdout.on('data', (chunk) => reader.push(chunk));
    this.child.stdin.on('error', () => {}); // a worker that is gone is reported by 'close'
    this.child.on('error', () => this.end(CRASHED)); // it could not be started
    this.child.on('close', (code) => this.end(meaningOf(code)));
  }

  /** Sends the bytes of a message. */
  send(body) {
    this.child.stdin.write(frame(body));
  }

  /** A worker wants `initialize` before all else, and answers nothing. */
  initialize(body) {
    if (!this.initialized) this.send(body);
    this.initialized = true;
  }

  end(meaning) {
    const onEnd = this.onEnd;
    this.onEnd = () => {};
    onEnd(meaning);
  }

  /** It has nothing to save: kill it, whatever it is doing. Nothing more is heard of it. */
  kill() {
    this.onBody = () => {};
    this.onEnd = () => {};
    this.child.kill('SIGKILL');
  }
}

module.exports = { CRASHED, ENDED, EXITED, HEADER_CHANGED, MAIN_STACK_KB, LeanProcess };
