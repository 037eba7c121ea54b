'use strict';
// Threads handed to Workers, and given back, through shared memory.
//
// An edit starts some twenty threads. Emscripten sends each to a Worker as a message to its event loop, and hears of its
// end by another: serialised, queued, and looked for on every port. Here a Worker whose thread has ended stays where it
// is for a while and sleeps on a slot; the main thread writes the next thread there and wakes it. The ends of threads
// are numbers in a list that the main thread looks at when its bell has rung.
//
// All of it is in one Int32Array on shared memory, whose first element is the bell (stdin.cjs).

const FIELD = { bell: 0, serving: 1, mainThread: 2, messages: 3, reports: 4 };
const FIRST_SLOT = 16;
const SLOT_WORDS = 8;
const SLOTS = 256;
const FIRST_REPORT = FIRST_SLOT + SLOTS * SLOT_WORDS;
const REPORTS = 512;
const WORDS = FIRST_REPORT + REPORTS;

// A slot: its state, and the thread that is handed over.
const SLOT = { state: 0, start: 1, argument: 2, thread: 3 };
const STATE = { eventLoop: 0, looking: 1, handed: 2 };
// After so long a Worker goes back to its event loop, which also lets V8 do its housekeeping.
const STAY_MS = 2000;

// What is told of a thread: in the lowest bits of its address, which is a multiple of 16.
const REPORT = { finished: 1, cleanup: 2 };
const REPORT_BITS = 3;

class Handover {
  constructor(words) {
    this.words = words;
    this.slots = 0; // given out; counted by the main thread alone
  }

  ring() {
    Atomics.add(this.words, FIELD.bell, 1);
    Atomics.notify(this.words, FIELD.bell);
  }

  // ------------------------------------------------------------------------------------------ on the main thread

  /** The place of a new Worker's slot; 0 where there is none left. */
  newSlot() {
    return this.slots < SLOTS ? FIRST_SLOT + SLOT_WORDS * this.slots++ : 0;
  }

  /** Hands a thread to a Worker; false if that must be done by a message. */
  hand(slot, { start_routine, arg, pthread_ptr }) {
    if (!slot || Atomics.load(this.words, slot + SLOT.state) !== STATE.looking) return false;
    this.words[slot + SLOT.start] = start_routine;
    this.words[slot + SLOT.argument] = arg;
    this.words[slot + SLOT.thread] = pthread_ptr;
    const state = slot + SLOT.state;
    if (Atomics.compareExchange(this.words, state, STATE.looking, STATE.handed) !== STATE.looking) return false;
    Atomics.notify(this.words, state);
    return true;
  }

  /** Calls back for each report that has come: `onFinished(thread)`, `onCleanup(thread)`. */
  collect(onFinished, onCleanup) {
    if (Atomics.load(this.words, FIELD.reports) === 0) return;
    const cleanups = [];
    for (let at = FIRST_REPORT; at < WORDS; at++) {
      if (Atomics.load(this.words, at) === 0) continue;
      const report = Atomics.exchange(this.words, at, 0);
      Atomics.sub(this.words, FIELD.reports, 1);
      const thread = (report & ~REPORT_BITS) >>> 0;
      if ((report & REPORT_BITS) === REPORT.finished) onFinished(thread);
      else cleanups.push(thread);
    }
    for (const thread of cleanups) onCleanup(thread); // a thread is finished first
  }

  // ------------------------------------------------------------------------------------------ on a Worker

  /** A thread begins: the Worker will look at its slot before it returns to its event loop. */
  begin(slot) {
    if (slot) Atomics.store(this.words, slot + SLOT.state, STATE.looking);
  }

  /** Waits for the next thread, as the message that it would have been; null: back to the event loop. */
  next(slot) {
    if (!slot) return null;
    const state = slot + SLOT.state;
    Atomics.wait(this.words, state, STATE.looking, STAY_MS);
    if (Atomics.compareExchange(this.words, state, STATE.looking, STATE.eventLoop) === STATE.looking) return null;
    const [start_routine, arg, pthread_ptr] = this.words.slice(slot + SLOT.start, slot + SLOT.thread + 1);
    Atomics.store(this.words, state, STATE.looking);
    return { start_routine: start_routine >>> 0, arg: arg >>> 0, pthread_ptr: pthread_ptr >>> 0 };
  }

  /** Tells the main thread of the end of a thread; false if that must be done by a message. */
  report(kind, thread) {
    if (thread & REPORT_BITS) return false;
    const first = (thread >>> 4) % REPORTS; // so that threads seldom try the same places
    for (let i = 0; i < REPORTS; i++) {
      const at = FIRST_REPORT + ((first + i) % REPORTS);
      if (Atomics.compareExchange(this.words, at, 0, thread | REPORT[kind]) !== 0) continue;
      Atomics.add(this.words, FIELD.reports, 1);
      this.ring();
      return true;
    }
    return false;
  }

  /** Sends a message to the main thread, unless the bell says as much. */
  post(message, send) {
    const toMain = message.cmd === 'checkMailbox' && (message.targetThread | 0) === this.words[FIELD.mainThread];
    // While it sleeps at its bell it looks into its mailbox whenever it wakes.
    if (!toMain || Atomics.load(this.words, FIELD.serving) === 0) {
      send(message);
      Atomics.add(this.words, FIELD.messages, 1);
    }
    this.ring();
  }
}

const newWords = () => new Int32Array(new SharedArrayBuffer(4 * WORDS));

module.exports = { FIELD, Handover, newWords };
