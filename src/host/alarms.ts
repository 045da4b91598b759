import type { Clock, Logger } from "../api/index.js";
import type { AlarmSettings } from "./alarm-settings.js";

/**
 * An alarm ends when its signal has been within its limits for this long, so that a flickering signal is one alarm.
 */
const LEAST_SECONDS_UNTIL_OVER = 2;

/** An alarm that is raised, as others show it. */
export interface RaisedAlarm {
  readonly name: string;
  /** `saturation.near_limit is 57, above 20`. */
  readonly message: string;
  /** Since 1970. */
  readonly sinceSeconds: number;
  /** Whether `/healthz` returns 503 meanwhile. */
  readonly healthz: boolean;
}

/** Watches signals, and logs when one leaves its limits and when it is back. */
export class Alarms {
  readonly #alarms: readonly Alarm[];
  readonly #level: (signal: string) => number | null | undefined;
  readonly #clock: Clock;
  readonly #logger: Logger;

  /** @param level  of a signal; null if it has no value now, undefined if it was never seen */
  constructor(
    settings: readonly AlarmSettings[],
    level: (signal: string) => number | null | undefined,
    clock: Clock,
    logger: Logger,
  ) {
    this.#alarms = settings.map((one) => new Alarm(one));
    this.#level = level;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Check all signals. To be called with each event, and about twice per second. */
  look(): void {
    const now = this.#clock.nowSeconds();
    for (const alarm of this.#alarms) {
      const change = alarm.look(this.#level(alarm.settings.signal) ?? null, now);
      const { name, signal } = alarm.settings;
      // A data source's default alarm has the name of its signal, with which the message begins.
      if (change === "raised")
        this.#logger.warn(`Alarm${name === signal ? "" : ` ${name}`}: ${alarm.message}`);
      if (change === "over") this.#logger.info(`Alarm ${name} is over: ${alarm.message}`);
    }
  }

  /** Raised alarms, in the order of the configuration. */
  get raised(): readonly RaisedAlarm[] {
    return this.#alarms.flatMap(({ settings: { name, healthz }, message, raisedSeconds: sinceSeconds }) =>
      sinceSeconds === undefined ? [] : [{ name, message, sinceSeconds, healthz }],
    );
  }

  /** How often each was raised, by its name. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#alarms.map(({ settings, count }) => [settings.name, count]));
  }

  /** Warn of alarms whose signal does not exist, as soon as the data show it. */
  warnOfUnknown(data: Readonly<Record<string, unknown>>): void {
    for (const alarm of this.#alarms) {
      const { name, signal } = alarm.settings;
      const [source = ""] = signal.split(".");
      if (alarm.isKnown || (data[source] ?? undefined) === undefined) continue;
      alarm.isKnown = true;
      if (this.#level(signal) === undefined)
        this.#logger.warn(`Alarm ${name} is never raised: '${source}' has no signal '${signal}'.`);
    }
  }
}

class Alarm {
  readonly settings: AlarmSettings;
  raisedSeconds: number | undefined;
  count = 0;
  isKnown = false;
  #value: number | null = null;
  /** Since when the signal has been beyond its limits, or within them, without interruption. */
  #beyondSince: number | undefined;
  #withinSince: number | undefined;

  constructor(settings: AlarmSettings) {
    this.settings = settings;
  }

  /** @param value  current value of the signal; without one, the alarm does not change */
  look(value: number | null, now: number): "raised" | "over" | undefined {
    const { above, below, forSeconds } = this.settings;
    const isBeyond =
      value !== null && ((above !== undefined && value > above) || (below !== undefined && value < below));
    this.#beyondSince = isBeyond ? (this.#beyondSince ?? now) : undefined;
    this.#withinSince = isBeyond || value === null ? undefined : (this.#withinSince ?? now);
    // A raised alarm shows the newest value that was beyond the limits.
    if (isBeyond || this.raisedSeconds === undefined) this.#value = value;
    if (this.raisedSeconds === undefined) {
      if (this.#beyondSince === undefined || now - this.#beyondSince < forSeconds) return undefined;
      this.raisedSeconds = now;
      this.count += 1;
      return "raised";
    }
    const untilOver = Math.max(forSeconds, LEAST_SECONDS_UNTIL_OVER);
    if (this.#withinSince === undefined || now - this.#withinSince < untilOver) return undefined;
    this.raisedSeconds = undefined;
    this.#value = value;
    return "over";
  }

  get message(): string {
    const { signal, above, below, advice } = this.settings;
    const value = this.#value;
    const text = `${signal} is ${value === null ? "unknown" : Number(value.toPrecision(4))}`;
    const withAdvice = (limit: string) =>
      advice === "" ? `${text}, ${limit}` : `${text}, ${limit}. ${advice}`;
    if (value !== null && above !== undefined && value > above) return withAdvice(`above ${above}`);
    if (value !== null && below !== undefined && value < below) return withAdvice(`below ${below}`);
    return text;
  }
}

/** State and message of a monitor for process supervisors: those of its stream, or of alarms with `healthz`. */
export function healthOf<T extends { readonly state: string; readonly message: string }>(
  stream: T,
  alarms: readonly RaisedAlarm[],
): { readonly state: string; readonly message: string } {
  const raised = alarms.filter(({ healthz }) => healthz);
  if (raised.length === 0) return stream;
  const messages = raised.map(({ name, message }) => `${name}: ${message}`);
  return { state: "alarm", message: `alarm ${messages.join("; ")}; stream: ${stream.message}` };
}
