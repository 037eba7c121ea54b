'use strict';
// The work of `lean --server` (Lean/Server/Watchdog.lean): one Lean worker for each open document, messages sent to
// and fro between them and the client, workers replaced when the imports change or after a crash.

const { applyChanges, withLineFeeds } = require('./document.cjs');
const { CRASHED, ENDED, EXITED, HEADER_CHANGED, LeanProcess } = require('./lean_process.cjs');
const { ReusedWorker, headerOf } = require('./reused_worker.cjs');
const { CAPABILITIES, ErrorCode, FATAL_ERROR, SERVER_INFO, WATCHDOG_ONLY } = require('./protocol.cjs');

// Lean writes the keys of an object in order, so the first bytes of a message tell what it is; whatever does not look
// so is parsed.
const NOTIFICATION_HEAD = /^\{"jsonrpc":"2\.0","method":"([^"\\]+)"/;
const RESPONSE_HEAD = /^\{"id":(-?\d+|"[ !#-[\]-~]*"),"jsonrpc":"2\.0","result":/;
const HEAD_BYTES = 200;

const toBytes = (message) => Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));

/** The document that a message is about, undefined if none. */
function uriOf(params) {
  // Items that a client sends back to have them completed carry, in `data`, the request that they answered.
  const data = params?.data;
  return (
    params?.textDocument?.uri ??
    params?.uri ??
    data?.params?.textDocument?.uri ??
    data?.textDocument?.uri ??
    (Array.isArray(data) ? uriOfModule(data[0]) : undefined)
  );
}

/** Completion items name the module: for a file outside a project, which all of ours are, that is its URI in guise. */
function uriOfModule(name) {
  return /^«external:(.*)»$/s.exec(name)?.[1];
}

class Session {
  /**
   * `write(bytes)` sends to the client, `finish(status)` ends the process. `reuse`: the worker of a document that was
   * closed may serve the next one with the same imports; else each has a process that has done nothing before.
   */
  constructor({ installation, options, write, finish, reuse = false }) {
    this.reuse = reuse;
    this.resting = null; // a `ReusedWorker` without a document
    this.installation = installation;
    this.options = options;
    this.write = write;
    this.finish = finish;
    this.documents = new Map(); // uri -> { uri, version, text, open, worker, pending }
    this.initializeBody = null;
    this.stopped = false; // after `shutdown`
    this.askedByWorkers = new Map(); // our id of a request to the client -> { document, id }
    this.lastAsked = 0;
    // Loading Lean takes longer than a client's handshake: the first document finds a worker that has begun.
    this.spare = this.spawn();
    // A spare that dies before it is wanted must not be given to a document.
    this.spare.onEnd = () => {
      this.spare = null;
    };
  }

  spawn() {
    return new LeanProcess(this.installation, this.options);
  }

  /** Ends all workers. */
  stop() {
    this.spare?.kill();
    this.spare = null;
    this.resting?.worker.kill();
    this.resting = null;
    for (const document of this.documents.values()) document.worker?.kill();
    this.documents.clear();
  }

  // ---------------------------------------------------------------------------------------- from the client

  /** Takes the bytes of a message from the client. */
  receive(body) {
    let message;
    try {
      message = JSON.parse(body);
    } catch {
      this.respondError(null, ErrorCode.parseError, 'the message is not JSON');
      return;
    }
    const isRequest = message.id !== undefined && message.id !== null;
    if (message.method === undefined) {
      if (isRequest) this.answerWorker(message);
    } else if (isRequest) {
      this.request(message, body);
    } else {
      this.notification(message, body);
    }
  }

  request(message, body) {
    const { id, method, params } = message;
    if (method === 'initialize') {
      this.initialize(id, body);
    } else if (this.initializeBody === null) {
      this.respondError(id, ErrorCode.serverNotInitialized, `the server got ${method} before initialize`);
    } else if (this.stopped) {
      this.respondError(id, ErrorCode.invalidRequest, 'the server has been shut down');
    } else if (method === 'shutdown') {
      this.stopped = true;
      this.stop();
      this.respond(id, null);
    } else {
      const uri = uriOf(params);
      if (uri === undefined) this.respondError(id, ErrorCode.methodNotFound, `no request handler for '${method}'`);
      else this.forwardRequest(uri, id, message, body);
    }
  }

  initialize(id, body) {
    this.initializeBody = body;
    this.spare?.initialize(body);
    this.respond(id, { capabilities: CAPABILITIES, serverInfo: SERVER_INFO });
  }

  notification(message, body) {
    const { method, params } = message;
    if (method === 'exit') {
      this.stop();
      this.finish(this.stopped ? 0 : 1);
    } else if (this.initializeBody === null || this.stopped) {
      // Nothing is done before the handshake nor after the end.
    } else if (method === 'textDocument/didOpen') {
      this.open(params.textDocument, params);
    } else if (method === 'textDocument/didChange') {
      this.change(params, message, body);
    } else if (method === 'textDocument/didClose') {
      this.close(params.textDocument.uri);
    } else if (method === '$/cancelRequest') {
      const key = JSON.stringify(params.id);
      // Its parameters name no document.
      for (const document of this.documents.values()) if (document.pending.has(key)) document.worker?.send(body);
    } else if (method !== 'textDocument/didSave') {
      // What remains is a notification of Lean's own to a document, or one that concerns no document.
      const document = this.documents.get(uriOf(params));
      document?.worker?.send(this.forWorker(document, message, body));
    }
  }

  /** A message of the client's as the worker of a document takes it. */
  forWorker(document, message, body) {
    return document.reused === null ? body : toBytes(document.reused.toWorker(message));
  }

  open(item, params) {
    this.documents.get(item.uri)?.worker?.kill();
    const document = {
      uri: item.uri,
      version: item.version,
      text: withLineFeeds(item.text),
      opened: params, // also carries `languageId` and Lean's `dependencyBuildMode`
      worker: null,
      reused: null, // the worker's `ReusedWorker`, if it has served another document before
      pending: new Map(), // JSON of a request's id -> { id, body, fresh }
    };
    this.documents.set(item.uri, document);
    this.start(document);
  }

  change({ textDocument, contentChanges }, message, body) {
    const document = this.documents.get(textDocument.uri);
    if (document === undefined) return;
    document.text = applyChanges(document.text, contentChanges);
    document.version = textDocument.version;
    for (const request of document.pending.values()) request.fresh = false;
    if (document.worker === null) this.start(document);
    else document.worker.send(this.forWorker(document, message, body));
  }

  close(uri) {
    const document = this.documents.get(uri);
    if (document === undefined) return;
    this.documents.delete(uri);
    if (document.worker !== null) this.release(document);
    this.failPending(document, ErrorCode.contentModified, `The file worker for ${uri} has been terminated.`);
    // Otherwise an editor would show the last messages for ever.
    this.notify('textDocument/publishDiagnostics', { uri, diagnostics: [] });
  }

  /** Lets go of the worker of a document that was closed. */
  release(document) {
    const { worker, uri, version, text } = document;
    document.worker = null;
    const known = document.reused ?? new ReusedWorker(worker, uri, version, headerOf(text));
    if (!this.reuse || this.resting !== null || known.isWorn || headerOf(text) !== known.header) {
      worker.kill();
      return;
    }
    this.resting = known;
    worker.onBody = () => {};
    worker.onEnd = () => {
      this.resting = null;
    };
    worker.send(toBytes(known.rest()));
  }

  forwardRequest(uri, id, message, body) {
    const document = this.documents.get(uri);
    if (document === undefined) {
      this.respondError(id, ErrorCode.contentModified, `Cannot process request to closed file '${uri}'`);
    } else if (document.worker === null) {
      this.respondError(id, ErrorCode.workerCrashed, `Server process for ${uri} crashed; edit the file to restart it.`);
    } else {
      // `fresh`: asked of the text as it is now, so that a new worker for the same text can answer it as well.
      document.pending.set(JSON.stringify(id), { id, body, fresh: true });
      document.worker.send(this.forWorker(document, message, body));
    }
  }

  /** The client's answer to a request of a worker. */
  answerWorker(message) {
    const asked = this.askedByWorkers.get(message.id);
    if (asked === undefined) return;
    this.askedByWorkers.delete(message.id);
    if (asked.worker !== asked.document.worker) return; // that worker has been replaced
    asked.worker.send(Buffer.from(JSON.stringify({ ...message, id: asked.id })));
  }

  // ---------------------------------------------------------------------------------------- workers

  /** Gives the document a worker, with the text as it is now. */
  start(document) {
    const reused = this.resting?.header === headerOf(document.text) ? this.resting : null;
    const worker = reused?.worker ?? this.spare ?? this.spawn();
    if (reused !== null) this.resting = null;
    else if (worker === this.spare) this.spare = null;
    document.worker = worker;
    document.reused = reused;
    worker.onBody = (body) => this.receiveFromWorker(document, worker, body);
    worker.onEnd = (meaning) => this.workerEnded(document, meaning);
    if (reused !== null) {
      worker.send(toBytes(reused.adopt(document.uri, document.version, document.text)));
      return; // nothing can be pending: the document has just been opened, or its worker has ended
    }
    worker.initialize(this.initializeBody);
    const { opened, version, text } = document;
    const params = { ...opened, textDocument: { ...opened.textDocument, version, text } };
    worker.send(toBytes({ method: 'textDocument/didOpen', params }));
    for (const { body } of document.pending.values()) worker.send(body);
  }

  receiveFromWorker(document, worker, received) {
    let body = received;
    if (document.reused !== null) {
      const message = document.reused.fromWorker(JSON.parse(received));
      if (message === null) return;
      body = toBytes(message);
    }
    const head = body.subarray(0, HEAD_BYTES).latin1Slice();
    const notification = NOTIFICATION_HEAD.exec(head);
    if (notification !== null) {
      if (!WATCHDOG_ONLY.test(notification[1])) this.write(body);
      return;
    }
    const response = RESPONSE_HEAD.exec(head);
    if (response !== null) {
      if (document.pending.delete(response[1])) this.write(body);
      return;
    }
    const message = JSON.parse(body);
    if (message.method === undefined) {
      if (document.pending.delete(JSON.stringify(message.id))) this.write(body);
    } else if (message.id === undefined) {
      if (!WATCHDOG_ONLY.test(message.method)) this.write(body);
    } else {
      // Each worker counts for itself: under their own numbers two would be mixed up.
      const id = `lean-worker-${++this.lastAsked}`;
      this.askedByWorkers.set(id, { document, worker, id: message.id });
      // Lean leaves `params` out where there are none, which some clients do not take.
      this.write(Buffer.from(JSON.stringify({ params: null, ...message, id })));
    }
  }

  workerEnded(document, meaning) {
    const { uri } = document;
    document.worker = null;
    document.reused = null;
    if (meaning === HEADER_CHANGED) {
      const isStale = ({ fresh }) => !fresh;
      this.failPending(document, ErrorCode.contentModified, `The header of ${uri} has changed.`, isStale);
      this.start(document);
      return;
    }
    const code = meaning === CRASHED ? ErrorCode.workerCrashed : ErrorCode.workerExited;
    const cause = { [ENDED]: 'it ended', [EXITED]: 'see stderr for exception' }[meaning];
    const reason = cause ?? 'likely due to a stack overflow or a bug';
    this.failPending(document, code, `Server process for ${uri} crashed, ${reason}.`);
    const lastLine = document.text.split('\n').length;
    const range = { start: { line: 0, character: 0 }, end: { line: lastLine, character: 0 } };
    this.notify('$/lean/fileProgress', {
      textDocument: { uri, version: document.version },
      processing: [{ range, kind: FATAL_ERROR }],
    });
  }

  failPending(document, code, message, chosen = () => true) {
    for (const [key, request] of document.pending) {
      if (!chosen(request)) continue;
      document.pending.delete(key);
      this.respondError(request.id, code, message);
    }
  }

  // ---------------------------------------------------------------------------------------- to the client

  respond(id, result) {
    this.write(toBytes({ id, result }));
  }

  respondError(id, code, message) {
    this.write(toBytes({ id, error: { code, message } }));
  }

  notify(method, params) {
    this.write(toBytes({ method, params }));
  }
}

module.exports = { Session, uriOf };
