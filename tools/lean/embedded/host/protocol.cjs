'use strict';
// What a Lean language server says of itself, and the error codes that it uses.

// Lean/Data/JsonRpc.lean (`ErrorCode`): JSON-RPC's, the language-server protocol's, and Lean's own.
const ErrorCode = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  serverNotInitialized: -32002,
  contentModified: -32801,
  workerExited: -32901,
  workerCrashed: -32902,
};

// `LeanFileProgressKind` in Lean/Data/Lsp/Extra.lean.
const FATAL_ERROR = 2;

// `mkLeanServerCapabilities` of this Lean, as it prints them, without what a native server answers from an index over
// all files of a project: references, rename, call and module hierarchy, workspace symbols.
const CAPABILITIES = {
  codeActionProvider: {
    codeActionKinds: ['quickfix', 'refactor', 'source.organizeImports'],
    resolveProvider: true,
    workDoneProgress: false,
  },
  colorProvider: { workDoneProgress: false },
  completionProvider: { resolveProvider: true, triggerCharacters: ['.'] },
  declarationProvider: true,
  definitionProvider: true,
  documentHighlightProvider: true,
  documentSymbolProvider: true,
  experimental: { rpcProvider: { highlightMatchesProvider: {} } },
  foldingRangeProvider: true,
  hoverProvider: true,
  inlayHintProvider: { resolveProvider: false, workDoneProgress: false },
  semanticTokensProvider: {
    full: true,
    legend: {
      tokenModifiers: [
        ...['declaration', 'definition', 'readonly', 'static', 'deprecated', 'abstract', 'async', 'modification'],
        ...['documentation', 'defaultLibrary'],
      ],
      tokenTypes: [
        ...['keyword', 'variable', 'property', 'function', 'namespace', 'type', 'class', 'enum', 'interface'],
        ...['struct', 'typeParameter', 'parameter', 'enumMember', 'event', 'method', 'macro', 'modifier', 'comment'],
        ...['string', 'number', 'regexp', 'operator', 'decorator', 'leanSorryLike'],
      ],
    },
    range: true,
  },
  signatureHelpProvider: { triggerCharacters: [' '], workDoneProgress: false },
  textDocumentSync: {
    change: 2,
    openClose: true,
    save: { includeText: true },
    willSave: false,
    willSaveWaitUntil: false,
  },
  typeDefinitionProvider: true,
};

const SERVER_INFO = { name: 'Lean 4 Server', version: '4.28.0-pre' };

// Notifications that a worker sends to the native watchdog, for its index; clients never see them.
const WATCHDOG_ONLY = /^\$\/lean\/(ilean|importClosure)/;

module.exports = { CAPABILITIES, ErrorCode, FATAL_ERROR, SERVER_INFO, WATCHDOG_ONLY };
