import { setImmediate, setTimeout } from "node:timers/promises";
import type { Backlog } from "./backlog.js";

/** How long after its sender was asked an event is delivered rather than replaced. */
const FRESH_MS = 15;
/** An event that is by so much older than the one before, by the detector's clock, has waited somewhere. */
const OLD_MS = 20;
/** A clock that finds every event old is not listened to for longer than this. */
const MAX_TRIAL_MS = 250;
/** How long to look for what is newer before it is delivered: as long as the work before took, within these. */
const LOOK_MS = { least: 5, most: 20 };
/** So often in a row in vain, and the senders are asked for less. */
const MAX_BEHIND = 3;
/** When nothing has come for so long from senders that were asked for nothing, nothing more is on its way. */
const DRAINED_MS = 3;
/** When nothing at all has come for so long, senders were asked for too short a time: they sent nothing then. */
const UNANSWERED_MS = 20;
/** For how long senders are asked: longer if that brings nothing, or no more than is delivered; else shorter. */
const ASK_MS = { least: 1, longer: 2, little: 1.1, shorter: 0.7 };
/** When so long nothing was left out, the monitor is as fast as the detector. */
const KEEPS_UP_MS = 500;

/** Senders that can be asked to send nothing. */
export interface Senders {
  /** Ask for nothing from now on. What is on its way still comes. */
  pause(): void;
  resume(): void;
  /** Frames that they have not sent for that. */
  readonly unasked: number;
}

/** Where the newest event waits. */
export interface Slot {
  /** Age of what waits, by its own time; 0 if nothing does. */
  readonly ageMs: number;
  readonly isEmpty: boolean;
  /** Whether nothing more will come. */
  readonly isFinished: boolean;
  /** Skip what waits. */
  clear(): void;
}

/**
 * Keeps the event that a monitor gets next fresh, when frames are sent faster than it takes them.
 *
 * A sender queues hundreds of frames for a monitor that reads more slowly than it sends, so that every frame is as old as
 * that queue is long. So a monitor that falls behind reads only what it asks for: it subscribes when it wants an event,
 * and unsubscribes when one has come. docs/decisions/8-asking.md has the reasons.
 */
export class Freshness {
  readonly #senders: Senders;
  readonly #backlog: Backlog;
  /** How often a look for what is newer has not come to its end. */
  #behind = 0;
  #isAsking = false;
  #isPaused = false;
  #askedMs = 0;
  /** For how long the senders are asked. */
  #askMs: number = ASK_MS.least;
  /** Whether what they sent then could not all be delivered. */
  #isTooMuch = false;
  /** When the senders were first asked for the next event. */
  #triedMs = Number.POSITIVE_INFINITY;
  #readMs = 0;
  #deliveredMs = performance.now();
  /** Whether no event was there when the monitor asked for it. */
  #hasWaited = false;
  /** From which age on an event is old: clocks may be wrong. */
  #oldMs = OLD_MS;
  #unasked = 0;
  #unaskedMs = 0;

  constructor(senders: Senders, backlog: Backlog) {
    this.#senders = senders;
    this.#backlog = backlog;
  }

  /** A message was read. */
  read(): void {
    this.#readMs = performance.now();
  }

  /** An event has come. */
  came(): void {
    if (this.#isAsking) this.#pause();
  }

  /** An event was delivered. */
  delivered(): void {
    this.#deliveredMs = performance.now();
    this.#triedMs = Number.POSITIVE_INFINITY;
    this.#hasWaited = false;
  }

  /** See to it that what the slot has is fresh. It may be empty afterwards; then a fresh event was asked for. */
  async freshen(slot: Slot): Promise<void> {
    if (!this.#isAsking) await this.#look(slot);
    if (this.#isAsking) await this.#ask(slot);
  }

  /** Let the sockets bring what has reached them while the monitor was at work: it is newer than what waits. */
  async #look(slot: Slot): Promise<void> {
    const startMs = performance.now();
    const isHeldUp = !this.#backlog.isEmpty;
    // Who had to wait for an event is not behind.
    const workMs = this.#hasWaited ? 0 : startMs - this.#deliveredMs;
    const lookMs = isHeldUp ? LOOK_MS.most : Math.min(Math.max(workMs, LOOK_MS.least), LOOK_MS.most);
    let isInVain = false;
    while (!slot.isEmpty && !isInVain) {
      const readMs = this.#readMs;
      await setImmediate();
      if (this.#readMs === readMs) break;
      isInVain = performance.now() - startMs > lookMs;
    }
    this.#behind = isInVain ? this.#behind + 1 : 0;
    const isOld = (isHeldUp || !this.#hasWaited) && slot.ageMs > this.#oldMs;
    if (isOld || this.#behind >= MAX_BEHIND || (isInVain && lookMs === LOOK_MS.most)) this.#begin();
    if (slot.isEmpty) this.#hasWaited = true;
  }

  async #ask(slot: Slot): Promise<void> {
    while (this.#isAsking && !slot.isFinished && !this.#isFresh(slot)) {
      const readMs = this.#readMs;
      // A timer leaves the processor to those who bring what is on its way.
      await (performance.now() - readMs < 1 ? setImmediate() : setTimeout(1));
      if (this.#isFresh(slot)) return;
      if (!slot.isEmpty) {
        slot.clear();
        this.#isTooMuch = true;
      }
      const nowMs = performance.now();
      if (!this.#isPaused) {
        if (nowMs - this.#askedMs >= this.#askMs) this.#pause();
      } else if (nowMs - this.#readMs > (this.#readMs > this.#askedMs ? DRAINED_MS : UNANSWERED_MS)) {
        this.#askAgain(nowMs);
      }
    }
  }

  #isFresh(slot: Slot): boolean {
    const nowMs = performance.now();
    if (slot.isEmpty || nowMs - this.#askedMs > FRESH_MS) return false;
    if (slot.ageMs > this.#oldMs && nowMs - this.#triedMs <= MAX_TRIAL_MS) return false;
    this.#oldMs = Math.max(slot.ageMs, 0) + OLD_MS;
    return true;
  }

  #begin(): void {
    this.#isAsking = true;
    this.#behind = 0;
    this.#askedMs = 0;
    this.#askMs = ASK_MS.least;
    this.#unaskedMs = performance.now();
    this.#pause();
  }

  #pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#senders.pause();
  }

  /** What was asked for has come, and more is wanted. */
  #askAgain(nowMs: number): void {
    const isUnanswered = this.#readMs <= this.#askedMs;
    const { least, longer, little, shorter } = ASK_MS;
    this.#askMs = Math.max(least, this.#askMs * (isUnanswered ? longer : this.#isTooMuch ? shorter : little));
    this.#isTooMuch = false;
    if (this.#senders.unasked > this.#unasked) this.#unaskedMs = nowMs;
    this.#unasked = this.#senders.unasked;
    this.#isAsking = nowMs - this.#unaskedMs < KEEPS_UP_MS;
    this.#isPaused = false;
    this.#askedMs = nowMs;
    this.#triedMs = Math.min(this.#triedMs, nowMs);
    this.#senders.resume();
  }
}
