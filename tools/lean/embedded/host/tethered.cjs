'use strict';
// Runs another script for as long as the process that started it lives:
//   node tethered.cjs SCRIPT ARGUMENTS…
// Whoever starts it holds the other end of standard input; when that closes, even by a SIGKILL, this process ends. A
// thread watches, since the script may be busy; it reads by events (see stdin_thread.cjs for why).

const net = require('net');
const { Worker, isMainThread } = require('worker_threads');

if (isMainThread) {
  new Worker(__filename).unref();
  process.argv.splice(1, 1);
  process.argv[1] = require.resolve(process.argv[1]);
  // As if it had been started itself: `require.main` is the script.
  require('module').runMain();
} else {
  const end = () => process.kill(process.pid, 'SIGKILL');
  new net.Socket({ fd: 0, readable: true, writable: false }).on('data', () => {}).on('end', end).on('error', end);
}
