import type { Sample } from "../../viewer/protocol.js";

const HISTORY_SECONDS = 120;

/** Counters of a sample that only grow: graphs show how much they grow in a second. */
const COUNTERS = ["skipped", "partial", "unpaired", "incomplete"] as const;
const LEVELS = ["eventsPerSecond", "lagSeconds", "badPixels"] as const;

export type SeriesName = (typeof COUNTERS)[number] | (typeof LEVELS)[number];

/** Samples of the last two minutes, oldest first. Samples that are not newer than the newest change nothing. */
export function withSample(history: readonly Sample[], sample: Sample): readonly Sample[] {
  const newest = history.at(-1);
  if (newest !== undefined && sample.time <= newest.time) return history;
  return [...history.filter(({ time }) => sample.time - time <= HISTORY_SECONDS), sample];
}

/** One graph: times in seconds since 1970 and a value at each, null where there is none. */
export type Series = readonly [times: readonly number[], values: readonly (number | null)[]];

/** What a graph shows of one number: levels as they are, counters per second. */
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
  // A monitor that was started again counts from 0.
  if (before === undefined || sample[name] < before[name]) return null;
  return (sample[name] - before[name]) / (sample.time - before.time);
}
