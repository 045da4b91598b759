import type { DataSource, ExtractionArguments, PluginContext } from "../../../src/api/index.js";
import type { RawFrame } from "../../../src/data-sources/index.js";
import { MODULE_PIXELS, SECONDS_PER_TICK } from "../../../src/detector.js";
import type { JungfrauEvent } from "../../../src/events/index.js";
import { readStamp, STAMP_CYCLE } from "../../../src/simulator/stamp.js";
import { headerEntry, type ModuleFrame } from "../../../src/stream/index.js";

/*
 * A plugin for the monitor of a soak: looks at the pixels of every event of a stamped detector, and counts those that are not of
 * one exposure. It needs the raw frames as `raw`.
 */

/** The whole identity of a module frame. */
interface Origin {
  readonly run: number;
  readonly exposure: number;
}

class StampCheck implements DataSource<number> {
  readonly dependsOn = ["raw"];
  readonly #counts = {
    stamps_seen: 0,
    /** Made of two exposures. */
    stamps_wrong: 0,
    /** The same, of two that have one number and one time: in a backlog, nothing tells them apart. */
    stamps_unknowable: 0,
    stamps_twice: 0,
    stamps_backwards: 0,
  };
  #newest: Origin = { run: -1, exposure: -1 };
  /** Exposures of the newest run that were delivered. */
  #delivered = new Set<number>();

  initializeDataSource(): void {
    // Nothing to read: it is the same for every soak.
  }

  /** @returns the exposure; -1 for an event that is made of two */
  getData({ event, data: { raw } = {} }: ExtractionArguments): number {
    const { frames } = event as JungfrauEvent;
    this.#counts.stamps_seen += 1;
    const came = frames.filter(({ missing }) => missing !== true);
    const origins = came.map((frame) => originOf(frame, (raw as RawFrame).data));
    const [first, ...others] = origins;
    if (first === undefined || !others.every((one) => isSame(first, one))) {
      const isKnowable = origins.includes(undefined) || haveDifferentTicks(came);
      this.#counts[isKnowable ? "stamps_wrong" : "stamps_unknowable"] += 1;
      return -1;
    }
    if (first.run !== this.#newest.run) this.#delivered = new Set();
    else if (this.#delivered.has(first.exposure)) this.#counts.stamps_twice += 1;
    else if (first.exposure < this.#newest.exposure) this.#counts.stamps_backwards += 1;
    this.#newest = first;
    this.#delivered.add(first.exposure);
    return first.exposure;
  }

  counters(): Record<string, number> {
    return this.#counts;
  }
}

/** By the header, and by the event's pixels in its place; undefined if they differ. */
function originOf(frame: ModuleFrame, words: Uint16Array): Origin | undefined {
  const { portIndex } = frame;
  const stamp = readStamp(words.subarray(portIndex * MODULE_PIXELS, (portIndex + 1) * MODULE_PIXELS));
  const exposure = Number(headerEntry(frame, "exposure"));
  if (stamp?.moduleIndex !== portIndex || stamp.exposure !== exposure % STAMP_CYCLE) return undefined;
  return { run: stamp.run, exposure };
}

/** Clocks of modules that see one exposure are no further apart, unless they were not started together. */
const SAME_TICKS = 0.04 / SECONDS_PER_TICK;

function haveDifferentTicks(frames: readonly ModuleFrame[]): boolean {
  const ticks = frames.map(({ timestampTicks }) => Number(timestampTicks));
  return !ticks.includes(0) && Math.max(...ticks) - Math.min(...ticks) > SAME_TICKS;
}

function isSame({ run, exposure }: Origin, other: Origin | undefined): boolean {
  return other?.run === run && other.exposure === exposure;
}

export function register({ dataSources }: PluginContext): void {
  dataSources.register("StampCheck", () => new StampCheck());
}

export function dispose(): void {
  // It holds nothing.
}
