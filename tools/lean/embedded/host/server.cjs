'use strict';
// The embedded Lean as a language server; seen from outside it is `lean --server`.
//   node server.cjs INSTALLATION [--reuse-workers] [-Dname=value ...]
// INSTALLATION is as for worker.cjs; the options go to every Lean worker. It speaks on stdin and stdout, and ends with
// its stdin, on `exit` (status 0 after `shutdown`, else 1), or on a signal (128 plus its number); its workers go too.
// Environment: QED_LEAN_DEBUG=1, see worker.cjs.

const os = require('os');
const { FrameReader, frame } = require('./framing.cjs');
const { Session } = require('./session.cjs');

const REUSE = '--reuse-workers'; // see session.cjs
const [installation, ...given] = process.argv.slice(2);
const options = given.filter((option) => option !== REUSE);
if (!installation) {
  console.error('usage: node server.cjs INSTALLATION [--reuse-workers] [-Dname=value ...]');
  process.exit(2);
}

function finish(status) {
  session.stop();
  process.exit(status);
}

const session = new Session({
  installation,
  options,
  reuse: given.includes(REUSE),
  write: (body) => process.stdout.write(frame(body)),
  finish,
});

const reader = new FrameReader((body) => session.receive(body));
process.stdin.on('data', (chunk) => {
  try {
    reader.push(chunk);
  } catch (error) {
    console.error(`lean server: ${error.message}`);
    finish(1);
  }
});
process.stdin.on('end', () => finish(session.stopped ? 0 : 1));
process.stdin.on('error', () => finish(1));
process.stdout.on('error', () => finish(1)); // the client has gone
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => finish(128 + os.constants.signals[signal]));
}
