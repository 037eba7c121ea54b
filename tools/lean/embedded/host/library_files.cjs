'use strict';
// Reading the library's .olean files in the thread that wants them.
//
// Emscripten sends every file operation to the main thread and waits for its answer. To import Init these are 4,500
// round trips, and where the main thread itself waits for a lock it looks for them once in a millisecond only. The
// library never changes, so its files are read on the spot; the patched lean.js (prepare_glue.cjs) asks here first.
//
// Such a file has a descriptor of its own numbering. It is known only to the thread that opened it: Lean opens, reads
// and closes a module in one function.

const fs = require('fs');

const FIRST_DESCRIPTOR = 1 << 20; // far above Emscripten's (4,096 at most); lean.js compares with the same number
const SUFFIX = '.olean';
const WRITE_FLAGS = 0o3; // O_WRONLY | O_RDWR

// WASI's numbers, which Emscripten's C library uses.
const ENOENT = 44;
const EIO = 29;
const EBADF = 8;
const EINVAL = 28;

const SEEK = { SET: 0, CUR: 1, END: 2 };

/**
 * `inside` is the library's folder as Lean names it, `outside` as the machine does. `memory` gives access to Lean's
 * linear memory: `bytes()`, `words()` and `longs()` are views of it, `text(pointer)` reads a C string, and
 * `writeStat(pointer, stats)` fills a `struct stat`.
 */
function libraryFiles({ inside, outside }, memory) {
  const files = new Map(); // descriptor -> { fd, stats, position }
  let last = FIRST_DESCRIPTOR;

  /** The machine's name of a file of the library, undefined for any other path. */
  function find(pointer) {
    const path = memory.text(pointer);
    const ours = path.startsWith(inside) && path.endsWith(SUFFIX) && !path.includes('..');
    return ours ? outside + path.slice(inside.length) : undefined;
  }

  function stat(pointer, buffer) {
    const path = find(pointer);
    if (path === undefined) return undefined;
    const stats = fs.statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? -ENOENT : memory.writeStat(buffer, stats);
  }

  function open(pointer, flags) {
    const path = flags & WRITE_FLAGS ? undefined : find(pointer);
    if (path === undefined) return undefined;
    try {
      const fd = fs.openSync(path, 'r');
      files.set(++last, { fd, stats: fs.fstatSync(fd), position: 0 });
      return last;
    } catch (error) {
      return error.code === 'ENOENT' ? -ENOENT : -EIO;
    }
  }

  function fstat(descriptor, buffer) {
    const file = files.get(descriptor);
    return file === undefined ? -EBADF : memory.writeStat(buffer, file.stats);
  }

  /** `readv`: fills `count` pieces of memory, each a pointer and a length, and stores the number of bytes read. */
  function read(descriptor, vectors, count, result) {
    const file = files.get(descriptor);
    if (file === undefined) return EBADF;
    const [bytes, words] = [memory.bytes(), memory.words()];
    let total = 0;
    try {
      for (let i = 0; i < count; i++) {
        const [start, length] = words.subarray((vectors >> 2) + 2 * i, (vectors >> 2) + 2 * i + 2);
        const size = fs.readSync(file.fd, bytes, start, length, file.position);
        file.position += size;
        total += size;
        if (size < length) break;
      }
    } catch {
      return EIO;
    }
    words[result >> 2] = total;
    return 0;
  }

  function seek(descriptor, offset, whence, result) {
    const file = files.get(descriptor);
    if (file === undefined) return EBADF;
    const base = { [SEEK.SET]: 0, [SEEK.CUR]: file.position, [SEEK.END]: file.stats.size }[whence];
    if (base === undefined || base + Number(offset) < 0) return EINVAL;
    file.position = base + Number(offset);
    memory.longs()[result >> 3] = BigInt(file.position);
    return 0;
  }

  function close(descriptor) {
    const file = files.get(descriptor);
    if (file === undefined) return EBADF;
    files.delete(descriptor);
    fs.closeSync(file.fd);
    return 0;
  }

  return { stat, open, fstat, read, seek, close };
}

module.exports = { FIRST_DESCRIPTOR, libraryFiles };
