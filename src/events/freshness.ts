import { setImmediate, setTimeout } from "node:timers/promises";
import type { Clock } from "../api/index.js";
import type { Backlog } from "./backlog.js";

/** An event is fresh for this long after the monitor subscribed, or last had nothing to read. */
const FRESH_MS = 20;
/** An event that is older than the previous one by this much, by the detector's clock, has waited somewhere. */
const OLD_MS = 20;
/** A clock by which every event is old is ignored after this time. */
const MAX_TRIAL_MS = 250;
/**
 * How long to read newer messages before an event is delivered: as long as the previous work took, within these
 * limits.
 */
const LOOK_MS = { least: 5, most: 20 };
/** After a stall, waiting events are certainly old. */
const MAX_HELD_UP_LOOK_MS = 2000;
/** After this many readings in a row that did not end, the monitor is behind. */
const MAX_BEHIND = 3;
/**
 * A monitor subscribes only for moments if it has skipped this many events within a second, or if its process was
 * stalled for this long.
 */
const MIN_SKIPPED = 30;
const SKIPPED_WITHIN_MS = 1000;
const STOOD_STILL_MS = 1000;
/** If nothing has arrived for this long after unsubscribing, nothing more is on its way. */
const DRAINED_MS = { least: 3, most: 50 };
/** After a stall, much may be on its way: this share of the stall. */
const QUIET_SHARE = 0.05;
/** If nothing at all has arrived for this long, the subscription was too short for any frame. */
const UNANSWERED_MS = 20;
/**
 * Duration of a subscription: longer if it brings nothing, or no more than is delivered; else shorter. At the
 * maximum, it lasts until an event arrives. Shorter than {@link FRESH_MS}, so that the last events are still fresh.
 */
const ASK_MS = { least: 1, most: 15, longer: 2, little: 1.1, shorter: 0.7 };
/** If no frame was left out for this long, the monitor is as fast as the detector. */
const KEEPS_UP_MS = 500;

/** Senders that the monitor can subscribe to and unsubscribe from. */
export interface Senders {
  /** Unsubscribe. Frames that are on their way still arrive. */
  pause(): void;
  resume(): void;
  /** Frames that were not sent because of this. */
  readonly unasked: number;
}

/** The place of the newest event. */
export interface Slot {
  readonly isEmpty: boolean;
  /** Timestamp of the waiting event, in seconds since 1970. */
  readonly newestSeconds: number | undefined;
  /** Whether no more events will come. */
  readonly isFinished: boolean;
  /** Number of events that were replaced by newer ones so far. */
  readonly skipped: number;
  /** Skip the waiting event. */
  clear(): void;
}

/**
 * Keeps a monitor's next event fresh if frames are sent faster than it takes them.
 *
 * A sender queues hundreds of frames for a monitor that reads more slowly than it sends, so every frame is as old as
 * this queue is long. A monitor that falls behind therefore subscribes for moments, which bring as many events as it can
 * take while they are fresh. docs/decisions/8-asking.md has the reasons.
 */
export class Freshness {
  readonly #senders: Senders;
  readonly #backlog: Backlog;
  readonly #clock: Clock;
  /** How many readings of newer messages in a row did not end. */
  #behind = 0;
  #isAsking = false;
  #isPaused = false;
  #askedMs = 0;
  /** Arriving messages were sent after this time, as far as is known. */
  #freshSinceMs = 0;
  /** Duration of a subscription. */
  #askMs: number = ASK_MS.least;
  /** Whether more arrived during the subscription than could be delivered. */
  #isTooMuch = false;
  /** When the monitor first subscribed for the next event. */
  #triedMs = Number.POSITIVE_INFINITY;
  #readMs = 0;
  #deliveredMs = performance.now();
  #isWorking = false;
  /** How long the monitor last worked on an event. */
  #workMs = 0;
  /** Since when the monitor has been waiting for an event; infinite if one was there. */
  #waitingMs = Number.POSITIVE_INFINITY;
  /** Whether nothing arrived in the last turn. */
  #isQuiet = false;
  /** The age from which an event is old. Adapted, because clocks may be wrong. */
  #oldMs = OLD_MS;
  /** If nothing has arrived for this long, nothing more is on its way. */
  #quietMs: number = DRAINED_MS.least;
  #unasked = 0;
  #unaskedMs = 0;
  /** How many events had been skipped at some time. */
  #skipped = { sinceMs: performance.now(), before: 0 };

  constructor(senders: Senders, backlog: Backlog, clock: Clock) {
    this.#senders = senders;
    this.#clock = clock;
    this.#backlog = backlog;
  }

  /** Whether the monitor has unsubscribed, so that the silence of the senders means nothing. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** A message was read. */
  read(): void {
    this.#readMs = performance.now();
  }

  /** An event has arrived. The subscription ends now if it would end while the monitor works on it. */
  came(): void {
    if (this.#isAsking && performance.now() + this.#workMs - this.#askedMs >= this.#askMs) this.#pause();
  }

  /** An event was delivered. */
  delivered(): void {
    this.#deliveredMs = performance.now();
    this.#isWorking = true;
    this.#triedMs = Number.POSITIVE_INFINITY;
    this.#waitingMs = Number.POSITIVE_INFINITY;
    this.#isQuiet = false;
  }

  /** Make sure that the slot's event is fresh. If the slot is empty afterwards, a fresh event has been requested. */
  async freshen(slot: Slot): Promise<void> {
    if (this.#isWorking) this.#workMs = performance.now() - this.#deliveredMs;
    this.#isWorking = false;
    if (!this.#isAsking) await this.#look(slot);
    if (this.#isAsking) await this.#ask(slot);
  }

  /** Read what reached the sockets while the monitor was working: it is newer than the waiting event. */
  async #look(slot: Slot): Promise<void> {
    const startMs = performance.now();
    const { stalledMs } = this.#backlog;
    const isHeldUp = stalledMs > 0;
    this.#quietMs = Math.min(Math.max(stalledMs * QUIET_SHARE, DRAINED_MS.least), DRAINED_MS.most);
    // A monitor that had to wait for an event is not behind. Sockets need a moment to fill again.
    const hasWaited = startMs - this.#waitingMs > LOOK_MS.least;
    const workMs = hasWaited ? 0 : this.#workMs;
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

  /** Let the streams be read. @returns whether anything arrived */
  async #turn(): Promise<boolean> {
    const readMs = this.#readMs;
    // If nothing is at hand, a timer leaves the processor to the senders.
    await (this.#isQuiet ? setTimeout(1) : setImmediate());
    this.#isQuiet = this.#readMs === readMs;
    return !this.#isQuiet;
  }

  /** Age of the waiting event, by its own timestamp. */
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

  /** Whether anything has arrived since the monitor subscribed. */
  get #isAnswered(): boolean {
    return this.#readMs > this.#askedMs;
  }

  /** Whether nothing more is on its way. */
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

  /** The requested events have been delivered; choose how to get the next ones. */
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
