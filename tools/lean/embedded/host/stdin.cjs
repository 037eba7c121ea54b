'use strict';
// Standard input for a main thread that sleeps in a blocking read.
//
// Lean's main thread reads messages with blocking reads, while other threads proxy file access and the start of
// threads to it; under Node it would do neither while it waits. So a helper thread (stdin_thread.cjs) reads
// descriptor 0 into a ring in shared memory, and everything that the main thread must see rings one bell: the first
// Int32 of an array on shared memory (handover.cjs), which is incremented and notified.

const path = require('path');
const { Worker } = require('worker_threads');
const { FIELD } = require('./handover.cjs');

const RING_BYTES = 1 << 20; // a power of two, so that the wrapping counters below stay aligned with it
const FIELDS = { WRITTEN: 0, READ: 1, ENDED: 2 };
const POLL_MS = 1000; // only a safety net: the bell wakes us

class Stdin {
  /**
   * `serve` is called whenever the main thread wakes up: it delivers what other threads have asked for (`serve(true)`:
   * now and then, whether or not the bell has rung).
   * `endGraceMs`: how long after the end of input the process may live; 0 means as long as it likes.
   */
  constructor({ bell, serve, endGraceMs }) {
    this.bell = bell;
    this.serve = serve;
    this.endGraceMs = endGraceMs;
    this.control = new Int32Array(new SharedArrayBuffer(12));
    this.ring = new Uint8Array(new SharedArrayBuffer(RING_BYTES));
    this.served = 0; // the bell's count when the other threads were served last
    this.count = 0; // bytes read so far, wrapping at 32 bits
    this.thread = null;
  }

  start() {
    this.thread = new Worker(path.join(__dirname, 'stdin_thread.cjs'), {
      workerData: {
        control: this.control,
        ring: this.ring,
        bell: this.bell,
        fields: FIELDS,
        endGraceMs: this.endGraceMs,
      },
    });
    this.thread.unref();
  }

  /** Blocks until there is input, serving the other threads meanwhile. Returns the number of bytes, 0 at the end. */
  read(target, offset, length) {
    if (this.thread === null) this.start();
    Atomics.store(this.bell, FIELD.serving, 1);
    try {
      return this.await(target, offset, length);
    } finally {
      Atomics.store(this.bell, FIELD.serving, 0);
    }
  }

  await(target, offset, length) {
    for (;;) {
      const heard = Atomics.load(this.bell, FIELD.bell);
      if (heard !== this.served) {
        this.served = heard;
        this.serve();
      }
      const available = (Atomics.load(this.control, FIELDS.WRITTEN) - this.count) | 0;
      if (available !== 0) {
        const at = (this.count >>> 0) % RING_BYTES;
        const size = Math.min(length, available, RING_BYTES - at);
        target.set(this.ring.subarray(at, at + size), offset);
        this.count = (this.count + size) | 0;
        Atomics.store(this.control, FIELDS.READ, this.count);
        Atomics.notify(this.control, FIELDS.READ);
        return size;
      }
      if (Atomics.load(this.control, FIELDS.ENDED) !== 0) return 0;
      if (Atomics.wait(this.bell, FIELD.bell, heard, POLL_MS) === 'timed-out') this.serve(true);
    }
  }
}

module.exports = { Stdin };
