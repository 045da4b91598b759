import type { PlaybackProgress, StreamStatus } from "../../api/index.js";
import { detectedEvents, isArray2D, type MonitoredEvent, statistics } from "../../host/index.js";

/** Counters that a status line always shows, and those that it shows only if they are not zero. */
const SHOWN = ["paired", "unpaired", "incomplete", "malformed", "skipped"];
const SHOWN_IF_ANY = [
  "partial",
  "missed",
  "repaired",
  "late",
  "duplicate",
  "dropped",
  "wrong_constants",
  "unsent",
];
/** Counters of a receiver: shown even if zero, because it must be visible that nobody takes its events. */
const SHOWN_OF_RECEIVER = ["sent", "monitors"];
/** Losses that a fast detector causes all the time: the current rate says more than the total. */
const SHOWN_PER_SECOND = ["skipped", "missed"];

/** A detector that is faster than the monitor by less than this, or by one event, counts as equally fast. */
const SAME_RATE_SHARE = 0.05;
/** A lag above this is explained. */
const LONG_LAG_SECONDS = 1;

/** The content of a status line. */
export interface StatusLineInput {
  readonly status: StreamStatus;
  /** What arrived since the previous line. */
  readonly since: Interval;
  readonly newest: ShownEvent | undefined;
  /** How long ago the newest event was delivered. */
  readonly sinceNewestSeconds: number;
  /** Width of the terminal; a narrow one omits counters that are zero. */
  readonly columns: number;
}

/** What a status line shows of an event. */
interface ShownEvent {
  readonly frameNumber: bigint;
  /** Its age when it was delivered. */
  readonly lagSeconds: number;
  /** Its {@link frameColumns}; empty if its frames were not measured. */
  readonly frames: readonly string[];
}

/** The time between two status lines. */
interface Interval {
  readonly seconds: number;
  /** Number of events that were delivered in this time. */
  readonly events: number;
  /** The status's counters at its beginning. */
  readonly counters: StreamStatus["counters"];
}

/** One line of text about a running monitor. */
export function statusLine(input: StatusLineInput): string {
  const { status, since, newest, columns } = input;
  const total = (name: string) => status.counters[name] ?? 0;
  const names = [
    ...SHOWN,
    ...SHOWN_IF_ANY.filter((name) => total(name) > 0),
    ...SHOWN_OF_RECEIVER.filter((name) => name in status.counters),
  ];
  if (newest === undefined || status.state !== "streaming") {
    return `${status.message} | ${names.map((name) => `${name} ${total(name)}`).join(" ")}`;
  }
  const grown = (name: string) => total(name) - (since.counters[name] ?? 0);
  const counters = names.map((name) => {
    const isRate = SHOWN_PER_SECOND.includes(name);
    const value = isRate ? roundedRate(grown(name) / since.seconds) : total(name);
    return { name, value, text: `${name} ${value}${isRate ? "/s" : ""}` };
  });
  const parts = [
    rateText(since, detectedEvents(status) - detectedEvents({ ...status, counters: since.counters })),
    `event ${newest.frameNumber}`,
    status.progress === undefined ? ageText(newest.lagSeconds, input) : progressText(status.progress, input),
    ...newest.frames,
  ];
  const line = [...parts, counters.map(({ text }) => text).join(" ")].join(" | ");
  if (line.length <= columns) return line;
  const few = counters.filter(({ name, value }) => value > 0 || SHOWN_OF_RECEIVER.includes(name));
  return [...parts, few.map(({ text }) => text).join(" ")].join(" | ");
}

/** `10.0 events/s`, or `25.0 of 500 events/s` if the detector is faster. */
function rateText({ events, seconds }: Interval, detected: number): string {
  const delivered = (events / seconds).toFixed(1);
  const isSame = detected - events <= Math.max(1, SAME_RATE_SHARE * detected);
  if (isSame) return `${delivered} events/s`;
  const rate = detected / seconds;
  return `${delivered} of ${rate.toFixed(rate < 100 ? 1 : 0)} events/s`;
}

function ageText(lagSeconds: number, { since, sinceNewestSeconds }: StatusLineInput): string {
  // A lag without events would look like that of arriving data.
  if (since.events === 0) return `${sinceNewestSeconds.toFixed(1)} s ago`;
  if (lagSeconds > LONG_LAG_SECONDS) return `lag ${lagSeconds.toFixed(1)} s: behind the detector`;
  return `lag ${Math.max(Math.round(1000 * lagSeconds), 0)} ms`;
}

const BAR_COLUMNS = 12;

/** `[###.........] 24 % of 5000, 1 min 5 s left`, because a recording has no meaningful lag. */
function progressText(
  { done, total, pass }: PlaybackProgress,
  { since, status: { inputs = [] } }: StatusLineInput,
): string {
  const share = total > 0 ? Math.min(done / total, 1) : 1;
  const bar = "#".repeat(Math.round(BAR_COLUMNS * share)).padEnd(BAR_COLUMNS, ".");
  const left =
    since.events > 0 ? `${durationText(((total - done) * since.seconds) / since.events)} left` : undefined;
  const outlook = inputs[0]?.problem ?? left;
  return `[${bar}] ${pass > 1 ? `pass ${pass}, ` : ""}${Math.floor(100 * share)} % of ${total}${outlook === undefined ? "" : `, ${outlook}`}`;
}

function durationText(duration: number): string {
  const seconds = Math.max(Math.round(duration), 0);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${seconds % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function roundedRate(perSecond: number): number {
  return Number(perSecond.toFixed(perSecond < 10 ? 1 : 0));
}

/** Measure an event's frames, one column each. The event must still be open. */
export function frameColumns({ data }: MonitoredEvent): string[] {
  return Object.values(data)
    .filter(isArray2D)
    .map((array) => {
      const { mean, max } = statistics(array);
      return `mean ${shortNumber(mean)} max ${shortNumber(max)} ${array.unit ?? ""}`.trimEnd();
    });
}

function shortNumber(value: number | null): string {
  return value === null ? "none" : String(Number(value.toPrecision(4)));
}

/** The last line of a monitor, with the totals. */
export function lastLine(sentence: string, { counters }: StreamStatus): string {
  const totals = Object.entries(counters).filter(([, count]) => count > 0);
  return [sentence, ...totals.map(([name, count]) => `${name} ${count}`)].join(" ");
}
