'use strict';
// What Lean writes, without what the package's authors left in for debugging.
//
// The noise ("[DEBUG...] ..." and the lines that go with it) comes on stdout as well as on stderr. In a worker, stdout
// carries frames of the language-server protocol, so whatever is not a frame is noise; in batch mode it is recognised
// by its text.

const fs = require('fs');

const NOISE = /^(\[DEBUG|  - \/|  mainModule\? = )/;
const LONGEST_NOISE_MARK = 20;
const FRAME_HEADER = /^Content-Length: *(\d+)\r\n$/;
const NEWLINE = 10;

/** Writes all of `bytes`, also to a descriptor in non-blocking mode. Ends the process if nobody reads any more. */
function writeFully(fd, bytes) {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += fs.writeSync(fd, bytes, done);
    } catch (error) {
      if (error.code === 'EPIPE') process.reallyExit(0);
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

/** Returns a function that takes pieces of a stream and writes only its protocol frames to `fd`. */
function framesOnly(fd, onNoise) {
  let pending = Buffer.alloc(0); // not yet classified
  let frameLeft = 0; // bytes of the current frame still to come
  return (piece) => {
    let rest = pending.length > 0 ? Buffer.concat([pending, piece]) : piece;
    const frames = [];
    while (rest.length > 0) {
      if (frameLeft > 0) {
        const size = Math.min(frameLeft, rest.length);
        frames.push(rest.subarray(0, size));
        frameLeft -= size;
        rest = rest.subarray(size);
        continue;
      }
      const newline = rest.indexOf(NEWLINE);
      if (newline < 0) break;
      const header = FRAME_HEADER.exec(rest.subarray(0, newline + 1).latin1Slice());
      if (header === null) {
        onNoise(rest.subarray(0, newline + 1));
        rest = rest.subarray(newline + 1);
        continue;
      }
      const headersEnd = rest.indexOf('\r\n\r\n', newline - 1);
      if (headersEnd < 0) break;
      frameLeft = headersEnd + 4 + Number(header[1]);
    }
    pending = Buffer.from(rest);
    if (frames.length > 0) writeFully(fd, frames.length === 1 ? frames[0] : Buffer.concat(frames));
  };
}

/** Returns a function that takes pieces of a stream and writes its lines to `fd`, but for the noise. */
function linesWithoutNoise(fd, onNoise) {
  let atLineStart = true;
  let inNoise = false;
  return (piece) => {
    for (let start = 0; start < piece.length; ) {
      const newline = piece.indexOf(NEWLINE, start);
      const end = newline < 0 ? piece.length : newline + 1;
      const line = piece.subarray(start, end);
      if (atLineStart) inNoise = NOISE.test(line.subarray(0, LONGEST_NOISE_MARK).latin1Slice());
      if (inNoise) onNoise(line);
      else writeFully(fd, line);
      atLineStart = newline >= 0;
      start = end;
    }
  };
}

module.exports = { framesOnly, linesWithoutNoise, writeFully };
