'use strict';
// Messages of the language-server protocol on a stream of bytes: `Content-Length: N\r\n\r\n` and N bytes of JSON.
// https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#baseProtocol

const HEADERS_END = '\r\n\r\n';
const LONGEST_HEADERS = 4096; // a stream without an end of headers within this is no such stream

class FrameReader {
  /** `onBody` is called with the bytes of each message. */
  constructor(onBody) {
    this.onBody = onBody;
    this.chunks = [];
    this.size = 0; // bytes in `chunks`
    this.bodySize = -1; // of the message being read, -1 while its headers are not complete
  }

  /** Takes the next piece of the stream. Throws if it is not a stream of messages. */
  push(chunk) {
    this.chunks.push(chunk);
    this.size += chunk.length;
    for (;;) {
      if (this.bodySize < 0 && !this.readHeaders()) return;
      if (this.size < this.bodySize) return; // joined only when complete: a long message comes in many pieces
      const bytes = this.joined();
      const body = bytes.subarray(0, this.bodySize);
      this.keep(bytes.subarray(this.bodySize));
      this.bodySize = -1;
      this.onBody(body);
    }
  }

  readHeaders() {
    if (this.size === 0) return false;
    const bytes = this.joined();
    const end = bytes.indexOf(HEADERS_END);
    if (end < 0) {
      if (bytes.length > LONGEST_HEADERS) throw new Error('no end of headers');
      return false;
    }
    const headers = bytes.subarray(0, end).latin1Slice();
    const length = /^content-length: *(\d+)$/im.exec(headers);
    if (length === null) throw new Error(`no Content-Length in ${JSON.stringify(headers.slice(0, 80))}`);
    this.bodySize = Number(length[1]);
    this.keep(bytes.subarray(end + HEADERS_END.length));
    return true;
  }

  joined() {
    if (this.chunks.length !== 1) this.chunks = [Buffer.concat(this.chunks)];
    return this.chunks[0];
  }

  keep(rest) {
    this.chunks = rest.length > 0 ? [rest] : [];
    this.size = rest.length;
  }
}

/** The bytes of a message, headers included; `body` is a Buffer of JSON. */
function frame(body) {
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}${HEADERS_END}`, 'latin1'), body]);
}

function encode(message) {
  return frame(Buffer.from(JSON.stringify(message)));
}

module.exports = { FrameReader, encode, frame };
