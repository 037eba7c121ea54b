'use strict';
// A thread that copies standard input into a ring in shared memory, and ends the process when nobody is left to work
// for. Started by stdin.cjs; see there for the protocol.
//
// It reads by events, not by a blocking read: a thread that sits in a system call cannot be stopped, and the process
// could not exit before the next byte of input.

const fs = require('fs');
const net = require('net');
const tty = require('tty');
const { workerData } = require('worker_threads');

const { control, ring, bell, endGraceMs } = workerData;
const { WRITTEN, READ, ENDED } = workerData.fields;
const capacity = ring.length;

function openInput() {
  if (tty.isatty(0)) return new tty.ReadStream(0);
  const status = fs.fstatSync(0);
  if (status.isFIFO() || status.isSocket()) return new net.Socket({ fd: 0, readable: true, writable: false });
  return fs.createReadStream('', { fd: 0 });
}

function ringBell() {
  Atomics.add(bell, 0, 1);
  Atomics.notify(bell, 0);
}

let written = 0; // a 32-bit counter that wraps; only differences are looked at

/** Blocks while the ring is full; the stream is not read meanwhile, so that whoever writes to us waits as well. */
function copy(chunk) {
  for (let done = 0; done < chunk.length; ) {
    const read = Atomics.load(control, READ);
    const free = capacity - ((written - read) | 0);
    if (free === 0) {
      ringBell();
      Atomics.wait(control, READ, read);
      continue;
    }
    const at = (written >>> 0) % capacity;
    const size = Math.min(chunk.length - done, free, capacity - at);
    ring.set(chunk.subarray(done, done + size), at);
    done += size;
    written = (written + size) | 0;
    Atomics.store(control, WRITTEN, written);
  }
  ringBell();
}

let ended = false;
function end() {
  if (ended) return;
  ended = true;
  Atomics.store(control, ENDED, 1);
  ringBell();
  // A main thread that is not reading (an endless computation) would outlive whoever asked for it.
  if (endGraceMs > 0) setTimeout(() => process.kill(process.pid, 'SIGKILL'), endGraceMs);
}

const input = openInput();
input.on('data', copy);
input.on('end', end);
input.on('error', end); // a connection that breaks has ended
