'use strict';
// The text of an open document, kept up to date with the client's edits, so that a new Lean worker can be given it.
//
// Positions are lines and UTF-16 code units, which is how JavaScript counts too. As Lean does, line ends are read as
// "\n" only.

function withLineFeeds(text) {
  return text.includes('\r') ? text.replaceAll('\r\n', '\n') : text;
}

/** The offset of a position; past the end of a line or of the text it is that end. */
function offsetAt(text, { line, character }) {
  let start = 0;
  for (; line > 0; line--) {
    const newline = text.indexOf('\n', start);
    if (newline < 0) return text.length;
    start = newline + 1;
  }
  const newline = text.indexOf('\n', start);
  return Math.min(start + character, newline < 0 ? text.length : newline);
}

/** Applies the `contentChanges` of one `textDocument/didChange`, in order. */
function applyChanges(text, changes) {
  for (const change of changes) {
    const inserted = withLineFeeds(change.text);
    if (change.range === undefined || change.range === null) {
      text = inserted;
      continue;
    }
    const start = offsetAt(text, change.range.start);
    const end = Math.max(start, offsetAt(text, change.range.end));
    text = text.slice(0, start) + inserted + text.slice(end);
  }
  return text;
}

module.exports = { applyChanges, offsetAt, withLineFeeds };
