'use strict';
// Rewrites lean.js (Emscripten's glue) once: from 89 MB to 0.7 MB, and fit to run a language server under Node.
//
// What the patched glue expects of its host (worker.cjs) beside Emscripten's own `Module`:
//   Module.hostPoolSize       number of pthread Workers made at the start
//   Module.hostWorkerOptions  options of every pthread Worker
//   Module.hostShared         given to every thread: { symbols: Int32Array, handover: Int32Array } on shared memory,
//                             { handoverModule } for handover.cjs, { filesModule, library } for library_files.cjs
//   Module.hostExit(status, reason)  ends the process; called on the main thread only
//   globalThis.hostPrint(s)   takes what the package itself prints (its [DEBUG...] lines)
//
// Every pattern must be found exactly once; anything else means that this is not the package we know.

const { FIRST_DESCRIPTOR } = require('./library_files.cjs');
const { HASH_SOURCE } = require('./symbols.cjs');

// Exports that are used without being named in the glue: the entry point and the start of a thread, the
// thread-local variables listed in the module's dylink.0 section, and the allocator's thread exit.
const EXPORTS_USED_BY_NAME = [
  '__main_argc_argv',
  '_emscripten_tls_init',
  '__wasm_call_ctors',
  '__THREW__',
  '__threwValue',
  '_mi_heap_default',
  'mi_thread_done',
];

function fail(message) {
  throw new Error(`lean.js is not the file that was expected: ${message}`);
}

/** The index of the only occurrence of `pattern`. */
function findOnce(source, pattern) {
  const at = source.indexOf(pattern);
  if (at < 0) fail(`not found: ${pattern.slice(0, 90)}`);
  if (source.indexOf(pattern, at + 1) >= 0) fail(`found more than once: ${pattern.slice(0, 90)}`);
  return at;
}

function replaceOnce(source, pattern, replacement) {
  const at = findOnce(source, pattern);
  return source.slice(0, at) + replacement + source.slice(at + pattern.length);
}

/**
 * Cuts the declaration and the assignment of all exports down to those that the rest of the glue names.
 * Returns the new source and the names of the wasm exports that must stay.
 */
function cutExports(source) {
  const assignHead = 'function assignWasmExports(wasmExports){';
  const varStart = findOnce(source, 'var _main,_lean_main');
  const assignStart = findOnce(source, assignHead);
  const assignEnd = findOnce(source, '}var wasmImports;function assignWasmImports');
  if (!(varStart < assignStart && assignStart < assignEnd)) fail('the order of its parts');

  const declared = new Set(
    source
      .slice(varStart + 'var '.length, assignStart)
      .replace(/;\s*$/, '')
      .split(',')
      .map((name) => name.trim()),
  );
  const assignments = source.slice(assignStart + assignHead.length, assignEnd).split(';');
  const before = source.slice(0, varStart);
  const after = source.slice(assignEnd + 1);

  const used = new Set(['wasmTable', '__emscripten_check_mailbox', '_pthread_self', '_fflush']);
  for (const text of [before, after]) {
    for (const [name] of text.matchAll(/(?<![\w$."'])[_$a-zA-Z][\w$]*/g)) if (declared.has(name)) used.add(name);
  }
  const kept = assignments.filter((text) => used.has(text.split('=', 1)[0]) || text.includes('wasmTable='));
  if (kept.length < 30 || kept.length > 100) fail(`${kept.length} exports used by the glue`);

  const exportsUsed = new Set(EXPORTS_USED_BY_NAME);
  for (const text of kept) for (const match of text.matchAll(/wasmExports\["(\w+)"\]/g)) exportsUsed.add(match[1]);
  const declaration = `var __indirect_function_table,${[...used].join(',')};`;
  return { source: `${before}${declaration}${assignHead}${kept.join(';')}}${after}`, exportsUsed };
}

/** dlsym becomes a look-up in the shared symbol table: no allocation, no table growth, no thread synchronisation. */
function replaceDlsym(source) {
  const start = findOnce(source, 'var __dlsym_js=(handle,symbol,symbolIndex)=>{');
  const end = findOnce(source, '__dlsym_js.sig=');
  if (end < start) fail('__dlsym_js');
  const lookup =
    'var __dlsym_js=(handle,p,symbolIndex)=>{' +
    `var T=sharedModules.symbols,M=T.length/3-1;growMemViews();var H=HEAPU8;${HASH_SOURCE}` +
    'for(let i=a&M,v;v=T[3*i+2];i=i+1&M)if(T[3*i]===(a|0)&&T[3*i+1]===(b|0))return v;' +
    'dlSetError("unknown symbol");return 0};';
  return source.slice(0, start) + lookup + source.slice(end);
}

const REPLACEMENTS = [
  // There is nothing to look up in the function table any more: its order is fixed.
  ['functionsInTableMap=new WeakMap;updateTableMap(0,wasmTable.length)', 'functionsInTableMap=new WeakMap'],
  [
    'var updateGOT=(exports,replace)=>{for(var symName in exports){',
    'var updateGOT=(exports,replace)=>{for(var symName in exports){if(!replace&&!(symName in GOT))continue;',
  ],
  // OpenGL and OpenAL entry points are linked in, but never called: they need no place in the table.
  [
    'if(typeof value=="function"){entry.value=addFunction(value,value.sig)}',
    'if(typeof value=="function"){' +
      'entry.value=/^(emscripten_gl|emscripten_al|al)/.test(symName)?0:addFunction(value,value.sig)}',
  ],
  ['var pthreadPoolSize=4;', 'var pthreadPoolSize=Module["hostPoolSize"];'],
  [
    'var sharedModules={};',
    'var sharedModules=Module["hostShared"]??{};var hostFiles=null;var hostThreads=null;var hostSlot=0;' +
      'function handover(){' +
      'return hostThreads??=new(require(sharedModules.handoverModule).Handover)(sharedModules.handover)}' +
      'function libraryFiles(){' +
      'return hostFiles??=require(sharedModules.filesModule).libraryFiles(sharedModules.library,{' +
      'bytes:()=>(growMemViews(),HEAPU8),words:()=>(growMemViews(),HEAPU32),longs:()=>(growMemViews(),HEAP64),' +
      'text:p=>UTF8ToString(p),writeStat:(p,s)=>SYSCALLS.writeStat(p,s)})}',
  ],
  // A thread that posts to the main thread also rings the bell, for the main thread sleeps outside its event loop.
  [
    'postMessage:msg=>parentPort["postMessage"](msg)',
    'postMessage:msg=>{if(sharedModules.handover)handover().post(msg,m=>parentPort["postMessage"](m));' +
      'else parentPort["postMessage"](msg)}',
  ],
  // Threads go to Workers, and come back, through shared memory where that is possible (handover.cjs).
  ['worker.postMessage({cmd:"load",', 'worker.postMessage({cmd:"load",slot:worker.slot??=handover().newSlot(),'],
  ['sharedModules=msgData.sharedModules;', 'sharedModules=msgData.sharedModules;hostSlot=msgData.slot;'],
  [
    'worker.postMessage(msg,threadParams.transferList);return 0}',
    'if(!handover().hand(worker.slot,msg))worker.postMessage(msg,threadParams.transferList);return 0}',
  ],
  [
    'cmd==="run"){establishStackSpace(msgData.pthread_ptr);',
    'cmd==="run"){handover().begin(hostSlot);do{establishStackSpace(msgData.pthread_ptr);',
  ],
  [
    'catch(ex){if(ex!="unwind"){throw ex}}}else if(msgData.target==="setimmediate"){}',
    'catch(ex){if(ex!="unwind"){throw ex}}}while(msgData=handover().next(hostSlot))}' +
      'else if(msgData.target==="setimmediate"){}',
  ],
  [
    'else postMessage({cmd:"cleanupThread",thread})',
    'else if(!handover().report("cleanup",thread))postMessage({cmd:"cleanupThread",thread})',
  ],
  [
    'else postMessage({cmd:"markAsFinished",thread})',
    'else if(!handover().report("finished",thread))postMessage({cmd:"markAsFinished",thread})',
  ],
  // Where the main thread serves nobody (a batch run), Workers that are done are found when one is wanted.
  [
    'getNewWorker(){if(PThread.unusedWorkers.length==0){',
    'getNewWorker(){if(PThread.unusedWorkers.length==0)handover().collect(markAsFinished,cleanupThread);' +
      'if(PThread.unusedWorkers.length==0){',
  ],
  // Such calls to the main thread must come by a message: an Atomics.waitAsync there would never be looked at.
  ['if(!waitAsyncPolyfilled){var wait=', 'if(!waitAsyncPolyfilled&&ENVIRONMENT_IS_PTHREAD){var wait='],
  // This build's allocator has empty thread-exit hooks: every finished thread leaked its heap (at least 4 MB of the
  // 2 GB address space, some 18 threads for each edit). Given up explicitly, the heap serves the next thread.
  [
    '__emscripten_thread_exit(result)}finish(result)',
    'wasmExports["mi_thread_done"]();__emscripten_thread_exit(result)}finish(result)',
  ],
  // Node's default of 4 MB for a Worker's stack overflows long before Lean's own guard against deep recursion.
  [
    '{workerData:"em-pthread",name:"em-pthread"}',
    '{workerData:"em-pthread",name:"em-pthread",...Module["hostWorkerOptions"]}',
  ],
  // The package prints [DEBUG...] lines; stdout carries the protocol.
  [
    'defaultPrint=(...args)=>fs.writeSync(1,args.map(stringify).join(" ")+"\\n")',
    'defaultPrint=(...args)=>globalThis.hostPrint?.(args.map(stringify).join(" ")+"\\n")',
  ],
  // `throw toThrow` would unwind through Lean's own frames: end the process where it stands.
  [
    'quit_=(status,toThrow)=>{process.exitCode=status;throw toThrow}',
    'quit_=(status,toThrow)=>{Module["hostExit"](status,toThrow);throw toThrow}',
  ],
  // Lean's main program mounts two folders and takes LEAN_PATH from the environment, which may be that of another Lean:
  // both are the host's business (filesystem.cjs, worker.cjs).
  ['FS.mount(NODEFS,{root:"/home"},"/home");FS.mount(NODEFS,{root:"/tmp"},"/tmp");', ''],
  ['var cwd=process.cwd();if(cwd.startsWith("/private/tmp/"))', 'var cwd="";if(cwd.startsWith("/private/tmp/"))'],
  ['var lean_path=process.env["LEAN_PATH"];', 'var lean_path="";'],
  ['else if(cwd==="/private/tmp"){cwd="/tmp"}FS.chdir(cwd)}', '}'],
  // The library's files are read by the thread that wants them (library_files.cjs); undefined means another file.
  ...[
    ['___syscall_stat64(path,buf)', 'stat(path,buf)'],
    ['___syscall_openat(dirfd,path,flags,varargs)', 'open(path,flags)'],
  ].map(([head, call]) => [
    `function ${head}{`,
    `function ${head}{var own=libraryFiles().${call};if(own!==undefined)return own;`,
  ]),
  ...[
    ['___syscall_fstat64(fd,buf)', 'fstat(fd,buf)'],
    ['_fd_read(fd,iov,iovcnt,pnum)', 'read(fd,iov,iovcnt,pnum)'],
    ['_fd_seek(fd,offset,whence,newOffset)', 'seek(fd,offset,whence,newOffset)'],
    ['_fd_close(fd)', 'close(fd)'],
  ].map(([head, call]) => [
    `function ${head}{`,
    `function ${head}{if(fd>=${FIRST_DESCRIPTOR})return libraryFiles().${call};`,
  ]),
];

/** Returns `{ js, exportsUsed }`: the new source and the names of the wasm exports that it needs. */
function rewriteGlue(original) {
  const { source, exportsUsed } = cutExports(original);
  let js = replaceDlsym(source);
  for (const [pattern, replacement] of REPLACEMENTS) js = replaceOnce(js, pattern, replacement);
  return { js, exportsUsed };
}

module.exports = { rewriteGlue };
