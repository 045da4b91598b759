import type { StreamStatus } from "../api/index.js";
import { isArrayData, type MonitoredEvent, statistics } from "../host/index.js";

/** Counters that a status line shows, and those that it shows when there is something to show. */
const SHOWN = ["paired", "unpaired", "incomplete", "malformed", "skipped"];
const SHOWN_IF_ANY = ["missed", "repaired", "late", "duplicate", "dropped", "wrong_constants", "unsent"];
/** Counters of a receiver: that nobody takes its events must be seen, so they are shown also when they are zero. */
const SHOWN_OF_RECEIVER = ["sent", "monitors"];

/** What a status line is made of. */
export interface StatusLineInput {
  readonly status: StreamStatus;
  readonly newest: MonitoredEvent | undefined;
  readonly eventsPerSecond: number;
  /** How old the newest event was when it was delivered. */
  readonly lagSeconds: number;
  /** How long ago that was. */
  readonly sinceNewestSeconds: number;
  /** Width of the terminal; on a narrow one counters of zero are left out. */
  readonly columns: number;
}

/** One line about a running monitor, for people. */
export function statusLine({
  status,
  newest,
  eventsPerSecond,
  lagSeconds,
  sinceNewestSeconds,
  columns,
}: StatusLineInput): string {
  const counts = (name: string) => (status.counters[name] ?? 0) > 0;
  const ofReceiver = SHOWN_OF_RECEIVER.filter((name) => name in status.counters);
  const shown = [...SHOWN, ...SHOWN_IF_ANY.filter(counts), ...ofReceiver];
  if (newest === undefined || status.state !== "streaming") {
    return `${status.message} | ${countersText(status, shown)}`;
  }
  const parts = [
    `${eventsPerSecond.toFixed(1)} events/s`,
    `event ${newest.event.frameNumber}`,
    // A lag without events would look like one of data that come.
    eventsPerSecond > 0
      ? `lag ${Math.max(Math.round(1000 * lagSeconds), 0)} ms`
      : `${sinceNewestSeconds.toFixed(1)} s ago`,
    ...frameColumns(newest),
  ];
  const line = [...parts, countersText(status, shown)].join(" | ");
  const few = shown.filter((name) => counts(name) || ofReceiver.includes(name));
  return line.length <= columns ? line : [...parts, countersText(status, few)].join(" | ");
}

function frameColumns({ data }: MonitoredEvent): string[] {
  return Object.values(data)
    .filter(isArrayData)
    .map((array) => {
      const { mean, max } = statistics(array);
      return `mean ${shortNumber(mean)} max ${shortNumber(max)} ${array.unit ?? ""}`.trimEnd();
    });
}

function shortNumber(value: number | null): string {
  return value === null ? "none" : String(Number(value.toPrecision(4)));
}

/** `paired 12 unpaired 0 …`, of all counters or of some. */
export function countersText({ counters }: StreamStatus, names = Object.keys(counters)): string {
  return names.map((name) => `${name} ${counters[name] ?? 0}`).join(" ");
}
