import type { ExecutionContext } from "ava";
import { CLOCK } from "../../src/api/index.js";
import { SYSTEM_CLOCK } from "../../src/cli/system-clock.js";
import type { DetectorFrame } from "../../src/data-sources/index.js";
import type { JungfrauEvent } from "../../src/events/index.js";
import type { FieldDetector, FieldExposure } from "./field-detector.js";
import { RunningMonitor } from "./monitors.js";
import { readStamp } from "./stamped-payloads.js";
import { until } from "./until.js";

/** Timestamps may differ by as much from the time of the exposure. */
const TIMESTAMP_SECONDS = 0.05;

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
  readonly #t: ExecutionContext;
  readonly #detector: FieldDetector;
  readonly #monitor: RunningMonitor;

  private constructor(t: ExecutionContext, detector: FieldDetector, monitor: RunningMonitor) {
    this.#t = t;
    this.#detector = detector;
    this.#monitor = monitor;
  }

  /** It is stopped after the test. Resolves when it has subscribed to all ports. */
  static async start(t: ExecutionContext, detector: FieldDetector): Promise<FieldMonitor> {
    const running = await RunningMonitor.start(t, {
      source: detector.urls.join(","),
      values: new Map([[CLOCK, SYSTEM_CLOCK]]),
      onEvent: (event, data) => monitor.#note(event as JungfrauEvent, data.detector_data as DetectorFrame),
    });
    const monitor = new FieldMonitor(t, detector, running);
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
   * Every timestamp from the second event on is near to the sending, and never before that of the event before. That of an
   * acquisition whose ticks begin anew may be near to the arrival: nothing else is known yet, and a busy machine is late.
   *
   * @param acquisitions  the indices of the exposures with which the ticks begin anew
   */
  assertTimestamps(acquisitions: readonly number[] = [0]): void {
    let before: FieldEvent | undefined;
    for (const event of this.events) {
      const { exposure, timestampSeconds } = event;
      if (before !== undefined) {
        const isFirst = acquisitions.includes(exposure.index);
        const late = timestampSeconds - (isFirst ? Math.max(exposure.seconds, event.arrivalSeconds - TIMESTAMP_SECONDS / 2) : exposure.seconds);
        if (!isFirst)
          this.#t.true(timestampSeconds >= before.timestampSeconds, `exposure ${exposure.index} goes back`);
      }
      before = event;
    }
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
