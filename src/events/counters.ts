import { EVENT_COUNTERS } from "../api/index.js";

/** `end_messages` → `endMessages`. */
type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S;

/**
 * The outcome of every message, as counts since the start. `EVENT_COUNTERS` of the contract has their meanings.
 *
 * Two identities hold after every message, with P ports:
 *
 *     moduleFrames     = P × paired + partialFrames + unpaired + cutOff + late + duplicate + malformed + frames that wait
 *     paired + partial = delivered + skipped + dropped + abandoned + events waiting for delivery
 */
export type EventCounters = { -readonly [Name in keyof typeof EVENT_COUNTERS as CamelCase<Name>]: number };

/** Counts by their names in the code, and in a status. */
const STATUS_NAMES = new Map(
  Object.keys(EVENT_COUNTERS).map((name) => [
    name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    name,
  ]),
);

export function zeroCounters(): EventCounters {
  return Object.fromEntries([...STATUS_NAMES.keys()].map((name) => [name, 0])) as EventCounters;
}

/** Counts by their names in a status. */
export function statusCounters(counts: EventCounters): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [STATUS_NAMES.get(name) as string, count]),
  );
}
