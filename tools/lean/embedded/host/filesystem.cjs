'use strict';
// Shows the machine's files to Lean under their own names, so that no path or URI is ever translated.
//
// Emscripten's file system has a root of its own (with /dev and /proc of its own making), and the machine's root cannot
// be mounted over it. So each entry of the machine's root is mounted by itself.

const fs = require('fs');

const OWN = new Set(['dev', 'proc']); // Emscripten's, which its C library needs
const REST = '/.host'; // the machine's root as a whole: for plain files that lie directly in it

function mountFolder(FS, folder, at) {
  FS.mkdirTree(at);
  FS.mount(FS.filesystems.NODEFS, { root: folder }, at);
}

function mountPosix(FS) {
  for (const placeholder of ['/home/web_user', '/home', '/tmp']) FS.rmdir(placeholder);
  mountFolder(FS, '/', REST);
  for (const name of fs.readdirSync('/')) {
    if (OWN.has(name)) continue;
    const file = `/${name}`;
    try {
      const entry = fs.lstatSync(file);
      if (entry.isDirectory()) mountFolder(FS, file, file);
      else if (entry.isSymbolicLink()) FS.symlink(fs.readlinkSync(file), file);
      else if (entry.isFile()) FS.symlink(REST + file, file);
    } catch {
      // Not readable for this user, or gone since: Lean does without it, as a native program would.
    }
  }
}

/** On Windows `C:\x` is `/C:/x` for Lean, which is also its path in a `file:` URI. */
function mountWindows(FS) {
  for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') {
    const root = `${letter}:\\`;
    if (!fs.existsSync(root)) continue;
    for (const at of [`/${letter}:`, `/${letter.toLowerCase()}:`]) mountFolder(FS, root, at);
  }
}

function mountFileSystem(FS) {
  if (process.platform === 'win32') mountWindows(FS);
  else mountPosix(FS);
}

module.exports = { mountFileSystem };
