import type { Sample } from "./samples.js";

/** Limits for a monitor with live view, NATS and metrics. */
export const LIMITS = {
  rssMegabytes: 700,
  /** From the second third of a soak to the last, by the medians of both. On a busy machine, ten minutes are no more than a warm-up. */
  rssGrowth: 1.25,
  handleGrowth: 8,
  loopDelayMs: 2000,
  /** Of the delivered events, on a machine that is too busy: decision 2 says what cannot be known. */
  unknowable: 0.01,
  twiceOrBackwards: 0.001,
} as const;
/** A shorter soak says nothing about growth. */
const TREND_SECONDS = 120;

/** What is wrong with one sample, as sentences. */
export function violationsOf({ rssMegabytes, loopDelayMs, counters }: Sample): string[] {
  const of = (name: string) => counters[name] ?? 0;
  const outcomes =
    2 * of("paired") +
    ["partial_frames", "unpaired", "cut_off", "late", "duplicate", "malformed", "waiting"]
      .map(of)
      .reduce((sum, value) => sum + value, 0);
  const taken = of("delivered") + of("skipped") + of("dropped") + of("abandoned");
  const events = of("paired") + of("partial");
  return [
    rssMegabytes > LIMITS.rssMegabytes && `${rssMegabytes.toFixed(0)} MB of memory`,
    loopDelayMs > LIMITS.loopDelayMs && `the event loop stood still for ${loopDelayMs.toFixed(0)} ms`,
    outcomes !== of("module_frames") && `${of("module_frames")} module frames, but ${outcomes} outcomes`,
    events < taken && `${events} events, but ${taken} outcomes`,
    of("stamps_wrong") > 0 && `${of("stamps_wrong")} events are made of two exposures`,
    of("stamps_unknowable") > LIMITS.unknowable * events &&
      `${of("stamps_unknowable")} events are made of two exposures with the same number and time`,
    of("stamps_twice") + of("stamps_backwards") > LIMITS.twiceOrBackwards * events + 1 &&
      `${of("stamps_twice")} events came twice, ${of("stamps_backwards")} after a newer one`,
    of("stamps_failed") + of("raw_failed") > 0 && "a data source failed",
  ].filter((violation) => violation !== false);
}

/** What has grown over a soak, as sentences. */
export function trendViolations(samples: readonly Sample[]): string[] {
  if ((samples.at(-1)?.seconds ?? 0) < TREND_SECONDS) return [];
  const third = Math.floor(samples.length / 3);
  const [middle, last] = [samples.slice(third, 2 * third), samples.slice(2 * third)];
  const grown = (of: (one: Sample) => number) => [median(middle.map(of)), median(last.map(of))] as const;
  const [rssBefore, rss] = grown(({ rssMegabytes }) => rssMegabytes);
  const [handlesBefore, handles] = grown((one) => one.handles);
  return [
    rss > LIMITS.rssGrowth * rssBefore && `memory grew from ${rssBefore.toFixed(0)} to ${rss.toFixed(0)} MB`,
    handles > handlesBefore + LIMITS.handleGrowth && `open files grew from ${handlesBefore} to ${handles}`,
  ].filter((violation) => violation !== false);
}

export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}
