import type { ExecutionContext } from "ava";
import { CLOCK } from "../../src/api/index.js";
import type { DetectorFrame } from "../../src/data-sources/index.js";
import { JUNGFRAU_1M } from "../../src/detector.js";
import type { JungfrauEvent } from "../../src/events/index.js";
import { SYSTEM_CLOCK } from "../../src/host/system-clock.js";
import {
  type ModuleStream,
  OPEN_MODULE_STREAM,
  type OpenModuleStream,
  type StreamMessage,
  zmqModuleStreamOpener,
} from "../../src/stream/index.js";
import { RecordingLogger } from "./fakes.js";
import type { FieldDetector, FieldExposure } from "./field-detector.js";
import { RunningMonitor } from "./monitors.js";
import { readStamp } from "./stamped-payloads.js";
import { until } from "./until.js";

/** Timestamps may differ by as much from the time of the exposure. */
const TIMESTAMP_SECONDS = 0.05;
/** Parts of an exposure that a busy machine brings further apart than this may be lost: a wrong pair would be worse. */
const TOGETHER_SECONDS = 0.004;

/** An event as the monitor got it. */
export interface FieldEvent {
  readonly exposure: FieldExposure;
  readonly timestampSeconds: number;
  /** Ports whose parts did not come. */
  readonly missing: readonly number[];
  readonly incomplete: boolean;
  /** The raw word in the middle of each port's pixels. */
  readonly words: readonly (number | undefined)[];
}

/** A monitor on a field detector: `delivery: all`, raw frames, the true time of day. */
export class FieldMonitor {
  readonly events: FieldEvent[] = [];
  /** Events that are made of more than one exposure: of which ones. */
  readonly #wrong: string[] = [];
  /** Of each exposure, when its parts came. */
  readonly #arrivals: Arrivals;
  readonly #t: ExecutionContext;
  readonly #detector: FieldDetector;
  readonly #monitor: RunningMonitor;

  private constructor(
    t: ExecutionContext,
    detector: FieldDetector,
    monitor: RunningMonitor,
    arrivals: Arrivals,
  ) {
    this.#t = t;
    this.#arrivals = arrivals;
    this.#detector = detector;
    this.#monitor = monitor;
  }

  /** It is stopped after the test. Resolves when it has subscribed to all ports. */
  static async start(t: ExecutionContext, detector: FieldDetector): Promise<FieldMonitor> {
    const arrivals: Arrivals = new Map();
    const running = await RunningMonitor.start(t, {
      source: detector.urls.join(","),
      values: new Map<symbol, unknown>([
        [CLOCK, SYSTEM_CLOCK],
        [OPEN_MODULE_STREAM, openNoted(arrivals)],
      ]),
      onEvent: (event, data) => monitor.#note(event as JungfrauEvent, data.detector_data as DetectorFrame),
    });
    const monitor = new FieldMonitor(t, detector, running, arrivals);
    await detector.subscribed();
    return monitor;
  }

  get counters(): Readonly<Record<string, number>> {
    return this.#monitor.status.counters;
  }

  get warnings(): readonly string[] {
    return this.#monitor.warnings;
  }

  /** Indices of the exposures that were delivered whole, in the order of delivery. */
  get whole(): number[] {
    return this.events.filter(({ missing }) => missing.length === 0).map(({ exposure }) => exposure.index);
  }

  /** Resolves when every message so far has come. */
  async received(): Promise<void> {
    await until(() => {
      const { module_frames: frames = 0, end_messages: ends = 0 } = this.counters;
      return frames + ends >= this.#detector.messages;
    });
  }

  /** Resolves when every message so far has come, and has been delivered or given up. Fails on a wrong pair. */
  async settled(): Promise<void> {
    await this.received();
    await until(() => {
      const { waiting, paired = 0, partial = 0 } = this.counters;
      return waiting === 0 && this.events.length + this.#wrong.length === paired + partial;
    });
    this.#t.deepEqual(this.#wrong, [], "events of more than one exposure");
  }

  /**
   * Every exposure that came whole was delivered whole, once and in order; but for those whose parts this machine was too
   * busy to bring at one time.
   *
   * @param isDue   leaves out others that may be lost
   * @param isLate  those that were sent late, and shall be delivered all the same
   */
  assertWhole({ isDue = all, isLate = none }: { isDue?: Choice; isLate?: Choice } = {}): void {
    const sent = this.#detector.sentWhole.filter(isDue);
    const due = new Set(sent.filter((index) => isLate(index) || this.#cameTogether(index)));
    this.#t.true(due.size >= sent.length / 5, `${due.size} of ${sent.length} came at one time: too busy`);
    this.#t.deepEqual(
      this.whole.filter((index) => due.has(index)),
      [...due],
    );
  }

  /**
   * Every timestamp from the second event on is near to the exposure, and never before that of the event before. Where a
   * busy machine held an exposure up, that says nothing; what all frames since the ticks began were late by cannot be known.
   *
   * @param beginnings  the indices of the exposures with which the ticks begin anew
   */
  assertTimestamps(beginnings: readonly number[] = []): void {
    const errors: string[] = [];
    let judged = 0;
    let before = Number.POSITIVE_INFINITY;
    let lateness = Number.POSITIVE_INFINITY;
    for (const [place, { exposure, timestampSeconds }] of this.events.entries()) {
      const { index, seconds } = exposure;
      const begins = place === 0 || beginnings.includes(index);
      const late = Math.min(...(this.#arrivals.get(index) ?? [])) - seconds;
      lateness = begins ? late : Math.min(lateness, late);
      const isHeldUp = late > TIMESTAMP_SECONDS;
      if (place > 0 && !isHeldUp) {
        judged += 1;
        const error = timestampSeconds - seconds;
        if (Math.abs(error) > TIMESTAMP_SECONDS + lateness) errors.push(`exposure ${index}: ${error} s`);
        if (!begins && timestampSeconds < before) errors.push(`exposure ${index} goes back`);
      }
      before = isHeldUp ? Number.NEGATIVE_INFINITY : timestampSeconds;
    }
    this.#t.deepEqual(errors, []);
    this.#t.true(
      judged >= this.events.length / 5,
      `${judged} of ${this.events.length} came in time: too busy`,
    );
  }

  #cameTogether(index: number): boolean {
    const arrivals = this.#arrivals.get(index) ?? [];
    return Math.max(...arrivals) - Math.min(...arrivals) <= TOGETHER_SECONDS;
  }

  #note({ frames, incomplete, timestampSeconds }: JungfrauEvent, { data }: DetectorFrame): void {
    const stamps = frames.filter(({ missing }) => !missing).map(({ raw }) => readStamp(raw));
    const [index = -1, ...others] = new Set(stamps.map(({ run }) => run));
    if (others.length > 0) {
      this.#wrong.push([index, ...others].join(" and "));
      return;
    }
    const missing = [...frames.keys()].filter((port) => frames[port]?.missing);
    const size = data.length / frames.length;
    this.events.push({
      exposure: this.#detector.exposures[index] as FieldExposure,
      timestampSeconds,
      missing,
      incomplete,
      words: frames.map((_, port) => data[Math.floor((port + 0.5) * size)]),
    });
  }
}

type Choice = (index: number) => boolean;
const all: Choice = () => true;
const none: Choice = () => false;

type Arrivals = Map<number, number[]>;

/** Opens the usual streams, and takes note of when each exposure's parts come. */
function openNoted(arrivals: Arrivals): OpenModuleStream {
  const open = zmqModuleStreamOpener(JUNGFRAU_1M, SYSTEM_CLOCK, new RecordingLogger());
  return async (address) => {
    const stream = await open(address);
    return {
      get url() {
        return stream.url;
      },
      get problem() {
        return stream.problem;
      },
      close: () => stream.close(),
      [Symbol.asyncIterator]: () => noted(stream, arrivals),
    };
  };
}

async function* noted(stream: ModuleStream, arrivals: Arrivals): AsyncGenerator<StreamMessage> {
  for await (const message of stream) {
    if (message.kind === "frame") {
      const { run } = readStamp(message.frame.raw);
      arrivals.set(run, [...(arrivals.get(run) ?? []), message.frame.arrivalSeconds]);
    }
    yield message;
  }
}
