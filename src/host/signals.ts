import type { Clock } from "../api/index.js";
import { EventRate } from "./event-rate.js";

/** Data that may be numbers, but are not measurements. */
const NO_SIGNALS: readonly string[] = ["timestamp", "event_id"];
/** Maximum number of signals, because a source with ever new keys must not fill the memory. */
const MAX_SIGNALS = 256;

/** A value of a data source for each event: a number or a boolean. */
export interface Signal {
  /** Name of the data, or of the data and a key of its value: `roi.sum`. */
  readonly name: string;
  /** Value of the newest event; null if it has none. */
  readonly value: number | boolean | null;
  /** How often a boolean was true; undefined for a number. */
  readonly truth: Truth | undefined;
}

/** How often a boolean was true. */
export interface Truth {
  /** Share of the last five seconds' events, 0 to 1; null without events. */
  readonly share: number | null;
  /** Since the start: number of events in which it had a value, and in which it was true. */
  readonly events: number;
  readonly trueEvents: number;
}

/**
 * Collects signals from the data of events: numbers, booleans and flat objects of these. A source needs no
 * configuration for this.
 */
export class Signals {
  readonly #clock: Clock;
  /** In the order in which they were first seen. */
  readonly #signals = new Map<string, CollectedSignal>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param data  of one event, by name; borrowed */
  collect(data: Readonly<Record<string, unknown>>): void {
    for (const signal of this.#signals.values()) signal.value = null;
    for (const [name, value] of Object.entries(data)) {
      if (NO_SIGNALS.includes(name)) continue;
      if (isScalar(value)) this.#add(name, value);
      else if (isFlat(value)) {
        for (const [key, one] of Object.entries(value)) if (one !== null) this.#add(`${name}.${key}`, one);
      }
    }
  }

  get all(): Iterable<Signal> {
    return this.#signals.values();
  }

  /**
   * The value for graphs and limits: a number, or the {@link Truth.share} of a boolean. Undefined for a signal that
   * was not seen so far.
   */
  level(name: string): number | null | undefined {
    const signal = this.#signals.get(name);
    return signal && levelOf(signal);
  }

  #add(name: string, value: number | boolean): void {
    let signal = this.#signals.get(name);
    if (signal === undefined) {
      if (this.#signals.size >= MAX_SIGNALS) return;
      signal = new CollectedSignal(
        name,
        typeof value === "boolean" ? new CountedTruth(this.#clock) : undefined,
      );
      this.#signals.set(name, signal);
    }
    signal.add(value);
  }
}

/** The level of a signal; see {@link Signals.level}. */
export function levelOf({ value, truth }: Signal): number | null {
  if (truth !== undefined) return truth.share;
  return typeof value === "number" ? value : null;
}

class CollectedSignal implements Signal {
  readonly name: string;
  readonly truth: CountedTruth | undefined;
  value: number | boolean | null = null;

  constructor(name: string, truth: CountedTruth | undefined) {
    this.name = name;
    this.truth = truth;
  }

  /** A value of another type than the first one, or one that is not finite, counts as missing. */
  add(value: number | boolean): void {
    if (typeof value === "boolean") {
      if (this.truth === undefined) return;
      this.truth.count(value);
      this.value = value;
    } else if (this.truth === undefined && Number.isFinite(value)) {
      this.value = value;
    }
  }
}

class CountedTruth implements Truth {
  readonly #all: EventRate;
  readonly #true: EventRate;
  events = 0;
  trueEvents = 0;

  constructor(clock: Clock) {
    this.#all = new EventRate(clock);
    this.#true = new EventRate(clock);
  }

  get share(): number | null {
    const events = this.#all.recentEvents();
    return events === 0 ? null : this.#true.recentEvents() / events;
  }

  count(isTrue: boolean): void {
    this.#all.count();
    this.events += 1;
    if (!isTrue) return;
    this.#true.count();
    this.trueEvents += 1;
  }
}

function isScalar(value: unknown): value is number | boolean {
  return typeof value === "number" || typeof value === "boolean";
}

/** A plain object with only numbers and booleans; null means a missing value. */
function isFlat(value: unknown): value is Readonly<Record<string, number | boolean | null>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const key in value) {
    // One at a time: reading a value may compute it, and after a text no more are read.
    const one = (value as Record<string, unknown>)[key];
    if (one !== null && !isScalar(one)) return false;
  }
  return true;
}
