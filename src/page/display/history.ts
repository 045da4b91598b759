import type { Sample } from "../../viewer/protocol.js";

const HISTORY_SECONDS = 120;

/** Counters of a sample, which only increase: graphs show their increase per second. */
const COUNTERS = ["skipped", "partial", "unpaired", "incomplete"] as const;
const LEVELS = ["eventsPerSecond", "lagSeconds", "badPixels"] as const;

export type SeriesName = (typeof COUNTERS)[number] | (typeof LEVELS)[number];

/** Samples of the last two minutes, oldest first. A sample that is not newer than the newest is ignored. */
export function withSample(history: readonly Sample[], sample: Sample): readonly Sample[] {
  const newest = history.at(-1);
  if (newest !== undefined && sample.time <= newest.time) return history;
  return [...history.filter(({ time }) => sample.time - time <= HISTORY_SECONDS), sample];
}

/** One graph: times in seconds since 1970 and the value at each, null if missing. */
export type Series = readonly [times: readonly number[], values: readonly (number | null)[]];

/** The graph of one number: levels unchanged, counters per second. */
export function seriesOf(history: readonly Sample[], name: SeriesName): Series {
  const times = history.map(({ time }) => time);
  const counter = COUNTERS.find((other) => other === name);
  if (counter === undefined) return [times, history.map((sample) => sample[name])];
  return [times, history.map((sample, i) => growth(history[i - 1], sample, counter))];
}

/** The graph of a signal. */
export function signalSeries(history: readonly Sample[], name: string): Series {
  return [history.map(({ time }) => time), history.map(({ signals }) => signals[name] ?? null)];
}

function growth(before: Sample | undefined, sample: Sample, name: (typeof COUNTERS)[number]): number | null {
  // A restarted monitor counts from 0.
  if (before === undefined || sample[name] < before[name]) return null;
  return (sample[name] - before[name]) / (sample.time - before.time);
}
