import type { SoakChild } from "./child.js";

/** A monitor at one moment. */
export interface Sample {
  readonly seconds: number;
  readonly rssMegabytes: number;
  readonly handles: number;
  /** Longest of the last second, as Node.js measures it. */
  readonly loopDelayMs: number;
  /** Its counters and those of its data sources, by their names in docs/running.md. */
  readonly counters: Readonly<Record<string, number>>;
}

/** @param seconds  since the start of the soak */
export async function sample(monitor: SoakChild, metricsUrl: string, seconds: number): Promise<Sample> {
  const response = await fetch(metricsUrl, { signal: AbortSignal.timeout(SCRAPE_MS) });
  const metrics = metricsOf(await response.text());
  const counters = [...metrics].flatMap(([name, value]) => {
    const [, counter] = /^om_jungfrau_([a-z0-9_]+?)(?:_total)?$/.exec(name) ?? [];
    return counter === undefined ? [] : [[counter, value] as const];
  });
  return {
    seconds,
    ...monitor.resources(),
    loopDelayMs: 1000 * (metrics.get("nodejs_eventloop_lag_max_seconds") ?? 0),
    counters: Object.fromEntries(counters),
  };
}

/** A monitor that answers no scrape for so long hangs. */
const SCRAPE_MS = 10_000;

/** Values of Prometheus's text format, without those that have labels. */
function metricsOf(text: string): Map<string, number> {
  const lines = text.split("\n").flatMap((line) => {
    const [, name, value] = /^([a-z0-9_]+) (\S+)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, Number(value)] as const];
  });
  return new Map(lines);
}
