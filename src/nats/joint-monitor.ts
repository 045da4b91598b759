import type { Clock, StreamState, StreamStatus } from "../api/index.js";
import { type Array2D, type RaisedAlarm, Signals } from "../host/index.js";
import { PartialSums } from "../sums/index.js";
import type { Nats } from "./nats-connection.js";
import {
  type AccumulationHeader,
  type FrameHeader,
  type MonitorStatusMessage,
  monitorOf,
  subjectOf,
} from "./subjects.js";

/** A monitor publishes its status every second; after so long without one it is taken for gone. */
const GONE_SECONDS = 3.5;
/** More than anybody runs. Who has been silent longest is forgotten. */
const MAX_MONITORS = 256;
const BYTES_PER_PIXEL = { float32: 4, int32: 4, uint16: 2 } as const;
const DATA_ARRAYS = { float32: Float32Array, int32: Int32Array, uint16: Uint16Array } as const;

/** How one of the monitors is. */
export interface MonitorInfo {
  readonly name: string;
  readonly state: StreamState | "gone" | "ended";
  /** For people. */
  readonly message: string;
  readonly eventsPerSecond: number;
}

interface KnownMonitor {
  status: MonitorStatusMessage;
  heardSeconds: number;
  /** When it was last asked for its sums. */
  askedSeconds: number;
  /** Sums of the run that is known now. */
  sums:
    | { readonly instance: string; readonly partial: PartialSums; readonly header: AccumulationHeader }
    | undefined;
}

/** A frame and what is said of it. */
export interface JointFrame {
  readonly header: FrameHeader;
  readonly frame: Array2D;
}

/** All monitors that publish to a NATS server, as if they were one. */
export class JointMonitor {
  readonly #nats: Nats;
  readonly #maxPixels: number;
  readonly #clock: Clock;
  readonly #monitors = new Map<string, KnownMonitor>();
  /** Sums of runs that are over: a monitor that is started again begins anew. */
  #past: PartialSums | undefined;
  #turn = 0;
  /** Of the events of all monitors. */
  readonly signals: Signals;

  /** @param maxPixels  of a frame; larger ones are refused */
  constructor(nats: Nats, maxPixels: number, clock: Clock) {
    this.#nats = nats;
    this.#maxPixels = maxPixels;
    this.#clock = clock;
    this.signals = new Signals(clock);
    nats.subscribe(subjectOf("*", "event"), ({ data }) => {
      const event = parse(data);
      if (event !== undefined) this.signals.collect(event);
    });
    nats.subscribe(subjectOf("*", "status"), ({ subject, data }) => {
      const status = parse(data);
      if (isStatus(status)) this.#hear(monitorOf(subject), status);
    });
  }

  /** State and counters of all monitors; the message names those that have a problem. */
  status(): StreamStatus {
    const { problem } = this.#nats;
    const counters: Record<string, number> = {};
    for (const { status } of this.#monitors.values()) {
      for (const [name, count] of Object.entries(status.counters))
        if (Number.isFinite(count)) counters[name] = (counters[name] ?? 0) + count;
    }
    if (problem !== undefined) {
      return { state: "stalled", message: `stalled: no connection to the NATS server: ${problem}`, counters };
    }
    const infos = this.infos.filter(({ state }) => state !== "ended");
    if (infos.length === 0) return { state: "waiting", message: "waiting for monitors", counters };
    const state = worstOf(infos.map((info) => info.state));
    if (state === "streaming") return { state, message: state, counters };
    const odd = infos.filter((info) => info.state !== "streaming");
    const texts = odd.map(({ name, message }) => `${name}: ${message}`);
    return { state, message: `${odd.length} of ${infos.length} monitors: ${texts.join("; ")}`, counters };
  }

  /** How each monitor is, by name. */
  get infos(): MonitorInfo[] {
    const now = this.#clock.nowSeconds();
    return [...this.#monitors]
      .map(([name, { status, heardSeconds }]): MonitorInfo => {
        const { state, message, eventsPerSecond, isEnded } = status;
        const silentSeconds = now - heardSeconds;
        if (isEnded) return { name, state: "ended", message: "ended", eventsPerSecond: 0 };
        if (silentSeconds >= GONE_SECONDS) {
          const text = `gone: nothing heard for ${Math.floor(silentSeconds)} s`;
          return { name, state: "gone", message: text, eventsPerSecond: 0 };
        }
        return { name, state, message, eventsPerSecond };
      })
      .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  }

  get eventsPerSecond(): number {
    return this.infos.reduce((sum, info) => sum + info.eventsPerSecond, 0);
  }

  /** Of the slowest monitor. */
  get lagSeconds(): number | null {
    const lags = this.#alive.map(([, { status }]) => status.lagSeconds).filter((lag) => lag !== null);
    return lags.length === 0 ? null : Math.max(...lags);
  }

  /** Alarms that are raised in any monitor. */
  get alarms(): RaisedAlarm[] {
    return this.#alive.flatMap(([name, { status }]) =>
      status.alarms.map((alarm) => ({ ...alarm, name: `${name}: ${alarm.name}` })),
    );
  }

  /** The newest frame of the monitor whose turn it is; undefined if it has none, or does not answer. */
  async askFrame(): Promise<JointFrame | undefined> {
    const alive = this.#alive;
    const [name] = alive[this.#turn++ % alive.length] ?? [];
    if (name === undefined) return undefined;
    const maxBytes = 5 * this.#maxPixels;
    const answer = await this.#nats.ask<FrameHeader>(subjectOf(name, "frame"), maxBytes);
    if (answer === undefined) return undefined;
    const { header, bytes } = answer;
    const pixels = this.#pixels(header.shape);
    const size = BYTES_PER_PIXEL[header.dtype];
    if (pixels === undefined || bytes.length !== pixels * (size + 1)) return undefined;
    // Of a buffer of its own, so it begins where arrays may begin.
    const data = new DATA_ARRAYS[header.dtype](bytes.buffer as ArrayBuffer, bytes.byteOffset, pixels);
    const { shape, unit, incomplete, wrongConstants } = header;
    const rest = { shape, unit, incomplete, wrongConstants, status: bytes.subarray(pixels * size) };
    // Raw words are shown in the place of calibrated frames.
    if (data instanceof Uint16Array)
      return { header, frame: { ...rest, dtype: "int32", data: Int32Array.from(data) } };
    return { header, frame: { ...rest, dtype: header.dtype, data } as Array2D };
  }

  /**
   * Ask monitors for their sums, one after the other.
   *
   * @param intervalSeconds  how long ago a monitor was asked last
   */
  async askSums(intervalSeconds = 0): Promise<void> {
    const now = this.#clock.nowSeconds();
    for (const [name, monitor] of this.#alive) {
      if (now - monitor.askedSeconds < intervalSeconds) continue;
      monitor.askedSeconds = now;
      const answer = await this.#nats.ask<AccumulationHeader>(
        subjectOf(name, "accumulation"),
        PartialSums.sizeBytes(this.#maxPixels),
      );
      if (answer === undefined) continue;
      const { header, bytes } = answer;
      const pixels = this.#pixels(header.shape);
      if (pixels === undefined || bytes.length !== PartialSums.sizeBytes(pixels)) continue;
      const { instance, frames } = header;
      this.#endOther(monitor, instance, header.sinceSeconds);
      monitor.sums = { instance, partial: PartialSums.fromBytes(bytes, pixels, frames), header };
    }
  }

  /** Sums of all frames of all monitors, as of the last {@link askSums}; undefined without any. */
  get sums(): PartialSums | undefined {
    const parts = [this.#past, ...[...this.#monitors.values()].map(({ sums }) => sums?.partial)].filter(
      (one) => one !== undefined,
    );
    const pixels = parts.at(-1)?.sum.length;
    if (pixels === undefined) return undefined;
    const all = PartialSums.ofPixels(pixels);
    for (const part of parts) if (part.sum.length === pixels) all.merge(part);
    return all;
  }

  get #alive(): [string, KnownMonitor][] {
    const now = this.#clock.nowSeconds();
    return [...this.#monitors].filter(
      ([, { status, heardSeconds }]) => !status.isEnded && now - heardSeconds < GONE_SECONDS,
    );
  }

  #hear(name: string, status: MonitorStatusMessage): void {
    const heardSeconds = this.#clock.nowSeconds();
    const known = this.#monitors.get(name);
    if (known === undefined) {
      this.#monitors.set(name, {
        status,
        heardSeconds,
        askedSeconds: Number.NEGATIVE_INFINITY,
        sums: undefined,
      });
      if (this.#monitors.size > MAX_MONITORS) this.#forgetOne();
      return;
    }
    // Of two with one name, the first is believed as long as it lives.
    const isOther = known.status.instance !== status.instance;
    if (isOther && !known.status.isEnded && heardSeconds - known.heardSeconds < GONE_SECONDS) return;
    known.status = status;
    known.heardSeconds = heardSeconds;
  }

  /** Sums that an answer does not continue are kept as sums of the past. */
  #endOther(monitor: KnownMonitor, instance: string, sinceSeconds: number): void {
    const { sums } = monitor;
    if (sums === undefined) return;
    if (sums.instance === instance && sums.header.sinceSeconds === sinceSeconds) return;
    monitor.sums = undefined;
    this.#keep(sums.partial);
  }

  #keep(sums: PartialSums): void {
    if (this.#past?.sum.length === sums.sum.length) this.#past.merge(sums);
    else this.#past = sums;
  }

  #forgetOne(): void {
    const [oldest] = [...this.#monitors].sort(([, a], [, b]) => a.heardSeconds - b.heardSeconds);
    if (oldest === undefined) return;
    const [name, { sums }] = oldest;
    this.#monitors.delete(name);
    if (sums !== undefined) this.#keep(sums.partial);
  }

  /** Pixels of a shape that may be. */
  #pixels(shape: readonly unknown[]): number | undefined {
    const [rows, columns] = Array.isArray(shape) ? shape.map(Number) : [];
    const pixels = (rows ?? 0) * (columns ?? 0);
    return Number.isInteger(pixels) && pixels > 0 && pixels <= this.#maxPixels ? pixels : undefined;
  }
}

/** From good to bad; a monitor that is gone loses frames. */
const STATES: readonly MonitorInfo["state"][] = [
  "streaming",
  "waiting",
  "one_module_only",
  "stalled",
  "gone",
];

function worstOf(states: readonly MonitorInfo["state"][]): StreamState {
  const worst = STATES[Math.max(...states.map((state) => STATES.indexOf(state)))] ?? "streaming";
  return worst === "gone" || worst === "ended" ? "stalled" : worst;
}

/** A JSON object; undefined for anything else. */
function parse(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Anybody may publish there. */
function isStatus(value: unknown): value is MonitorStatusMessage {
  const { instance, state, message, counters, eventsPerSecond, alarms, lagSeconds } = (value ??
    {}) as Partial<MonitorStatusMessage>;
  return (
    typeof instance === "string" &&
    STATES.includes(state as StreamState) &&
    typeof message === "string" &&
    typeof counters === "object" &&
    counters !== null &&
    Number.isFinite(eventsPerSecond) &&
    (lagSeconds === null || Number.isFinite(lagSeconds)) &&
    Array.isArray(alarms)
  );
}
