import { setImmediate, setTimeout } from "node:timers/promises";
import type { Clock } from "../api/index.js";
import type { Backlog } from "./backlog.js";

/** How long after its sender was asked, or had nothing, an event is delivered rather than replaced. */
const FRESH_MS = 15;
/** An event that is by so much older than the one before, by the detector's clock, has waited somewhere. */
const OLD_MS = 20;
/** A clock that finds every event old is not listened to for longer than this. */
const MAX_TRIAL_MS = 250;
/** How long to look for what is newer before it is delivered: as long as the work before took, within these. */
const LOOK_MS = { least: 5, most: 20 };
/** After a hold-up, what waits is old for certain. */
const MAX_HELD_UP_LOOK_MS = 2000;
/** So often in a row in vain, and the senders are asked for less. */
const MAX_BEHIND = 3;
/** A monitor is behind for good when it has skipped so many events within a second, or its process has stood still for so long. */
const MIN_SKIPPED = 30;
const SKIPPED_WITHIN_MS = 1000;
const STOOD_STILL_MS = 1000;
/** When nothing has come for so long from senders that were asked for nothing, nothing more is on its way. */
const DRAINED_MS = { least: 3, most: 50 };
/** After the process stood still, much may be on its way: of that time, so long. */
const QUIET_SHARE = 0.05;
/** When nothing at all has come for so long, senders were asked for too short a time: they sent nothing then. */
const UNANSWERED_MS = 20;
/**
 * For how long senders are asked: longer if that brings nothing, or no more than is delivered; else shorter. From the most
 * on, until an event comes.
 */
const ASK_MS = { least: 1, most: 10, longer: 2, little: 1.1, shorter: 0.7 };
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
  readonly isEmpty: boolean;
  /** Timestamp of what waits, in seconds since 1970. */
  readonly newestSeconds: number | undefined;
  /** Whether nothing more will come. */
  readonly isFinished: boolean;
  /** Events that newer ones have replaced, so far. */
  readonly skipped: number;
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
  readonly #clock: Clock;
  /** How often a look for what is newer has not come to its end. */
  #behind = 0;
  #isAsking = false;
  #isPaused = false;
  #askedMs = 0;
  /** What comes was sent after this, as far as is known. */
  #freshSinceMs = 0;
  /** For how long the senders are asked. */
  #askMs: number = ASK_MS.least;
  /** Whether what they sent then could not all be delivered. */
  #isTooMuch = false;
  /** When the senders were first asked for the next event. */
  #triedMs = Number.POSITIVE_INFINITY;
  #readMs = 0;
  #deliveredMs = performance.now();
  /** Since when the monitor waits for an event; infinite if one was there. */
  #waitingMs = Number.POSITIVE_INFINITY;
  /** Whether the last turn brought nothing. */
  #isQuiet = false;
  /** From which age on an event is old: clocks may be wrong. */
  #oldMs = OLD_MS;
  /** When nothing has come for so long, nothing more is on its way. */
  #quietMs: number = DRAINED_MS.least;
  #unasked = 0;
  #unaskedMs = 0;
  /** How many events had been skipped at a time. */
  #skipped = { sinceMs: performance.now(), before: 0 };

  constructor(senders: Senders, backlog: Backlog, clock: Clock) {
    this.#senders = senders;
    this.#clock = clock;
    this.#backlog = backlog;
  }

  /** Whether the senders were asked to send nothing, so that their silence says nothing. */
  get isPaused(): boolean {
    return this.#isPaused;
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
    this.#waitingMs = Number.POSITIVE_INFINITY;
    this.#isQuiet = false;
  }

  /** See to it that what the slot has is fresh. It may be empty afterwards; then a fresh event was asked for. */
  async freshen(slot: Slot): Promise<void> {
    if (!this.#isAsking) await this.#look(slot);
    if (this.#isAsking) await this.#ask(slot);
  }

  /** Let the sockets bring what has reached them while the monitor was at work: it is newer than what waits. */
  async #look(slot: Slot): Promise<void> {
    const startMs = performance.now();
    const { stalledMs } = this.#backlog;
    const isHeldUp = stalledMs > 0;
    this.#quietMs = Math.min(Math.max(stalledMs * QUIET_SHARE, DRAINED_MS.least), DRAINED_MS.most);
    // Who had to wait for an event is not behind. Sockets take a moment to be filled again.
    const hasWaited = startMs - this.#waitingMs > LOOK_MS.least;
    const workMs = hasWaited ? 0 : startMs - this.#deliveredMs;
    const mayBeOld = () => isHeldUp || (!hasWaited && this.#ageMs(slot) > OLD_MS);
    while (!slot.isEmpty) {
      const isNewer = await this.#turn();
      const nowMs = performance.now();
      if (!isNewer && (!mayBeOld() || nowMs - Math.max(this.#readMs, startMs) > this.#quietMs)) {
        this.#behind = 0;
        return;
      }
      if (isHeldUp && !isNewer) continue;
      const lookMs = mayBeOld() ? LOOK_MS.most : Math.min(Math.max(workMs, LOOK_MS.least), LOOK_MS.most);
      if (nowMs - startMs <= lookMs) continue;
      this.#behind += 1;
      const isInVain = lookMs === LOOK_MS.most || this.#behind >= MAX_BEHIND;
      if (isInVain && (stalledMs >= STOOD_STILL_MS || this.#skipsMany(slot, nowMs))) this.#begin();
      else if (isHeldUp && nowMs - startMs < MAX_HELD_UP_LOOK_MS) continue;
      return;
    }
    this.#waitingMs = Math.min(this.#waitingMs, performance.now());
  }

  #skipsMany({ skipped }: Slot, nowMs: number): boolean {
    if (nowMs - this.#skipped.sinceMs > SKIPPED_WITHIN_MS)
      this.#skipped = { sinceMs: nowMs, before: skipped };
    return skipped - this.#skipped.before >= MIN_SKIPPED;
  }

  /** Let the streams be read. @returns whether they brought anything */
  async #turn(): Promise<boolean> {
    const readMs = this.#readMs;
    // Where nothing is at hand, a timer leaves the processor to those who bring it.
    await (this.#isQuiet ? setTimeout(1) : setImmediate());
    this.#isQuiet = this.#readMs === readMs;
    return !this.#isQuiet;
  }

  /** Age of what waits, by its own time. */
  #ageMs({ newestSeconds }: Slot): number {
    return newestSeconds === undefined ? 0 : 1000 * (this.#clock.nowSeconds() - newestSeconds);
  }

  async #ask(slot: Slot): Promise<void> {
    while (this.#isAsking && !slot.isFinished && !this.#isFresh(slot)) {
      const isQuiet = !(await this.#turn());
      if (this.#isFresh(slot)) return;
      if (!slot.isEmpty) {
        slot.clear();
        this.#isTooMuch = true;
      }
      const nowMs = performance.now();
      if (!this.#isPaused) {
        if (isQuiet) this.#freshSinceMs = nowMs;
        if (this.#askMs < ASK_MS.most && nowMs - this.#askedMs >= this.#askMs) this.#pause();
      } else if (isQuiet && this.#isDrained(nowMs)) this.#askAgain(nowMs);
    }
  }

  /** Whether anything has come since the senders were asked. */
  get #isAnswered(): boolean {
    return this.#readMs > this.#askedMs;
  }

  /** Whether no more is on its way. */
  #isDrained(nowMs: number): boolean {
    const sinceMs = Math.max(this.#readMs, this.#askedMs);
    return (
      nowMs - sinceMs > (this.#isAnswered || this.#quietMs > UNANSWERED_MS ? this.#quietMs : UNANSWERED_MS)
    );
  }

  #isFresh(slot: Slot): boolean {
    const nowMs = performance.now();
    if (slot.isEmpty || nowMs - this.#freshSinceMs > FRESH_MS) return false;
    const ageMs = this.#ageMs(slot);
    if (ageMs > this.#oldMs && nowMs - this.#triedMs <= MAX_TRIAL_MS) return false;
    this.#oldMs = Math.max(ageMs, 0) + OLD_MS;
    return true;
  }

  #begin(): void {
    this.#isAsking = true;
    this.#behind = 0;
    this.#askedMs = 0;
    this.#freshSinceMs = 0;
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
    const { least, most, longer, little, shorter } = ASK_MS;
    const answered = this.#isTooMuch ? shorter : little;
    const factor = this.#isAnswered ? answered : longer;
    this.#askMs = Math.min(Math.max(this.#askMs * factor, least), most);
    this.#isTooMuch = false;
    if (this.#senders.unasked > this.#unasked) this.#unaskedMs = nowMs;
    this.#unasked = this.#senders.unasked;
    this.#isAsking = nowMs - this.#unaskedMs < KEEPS_UP_MS;
    this.#isPaused = false;
    this.#askedMs = nowMs;
    this.#freshSinceMs = nowMs;
    this.#quietMs = DRAINED_MS.least;
    this.#triedMs = Math.min(this.#triedMs, nowMs);
    this.#senders.resume();
  }
}
