import type {
  DataSourceDescription,
  DescribedTable,
  DescribedValue,
  InputStatus,
  PlaybackProgress,
  StreamState,
  UsualRange,
} from "../../api/index.js";
import type { MonitorDescription } from "../../host/index.js";

/** A number that is outside its usual range, or unknown. */
export interface UnusualValue {
  /** Name in `required_data`. */
  readonly data: string;
  /** Name of the fact, or of the table and its column. */
  readonly name: string;
  /** Row of the table; null for a fact. */
  readonly row: number | null;
  readonly value: number | null;
  readonly usual: UsualRange;
}

/** What arrived while the stream was watched. */
export interface StreamReport {
  /** How long it was watched. */
  readonly seconds: number;
  readonly state: StreamState;
  /** One sentence. */
  readonly message: string;
  /** Problems, one sentence each. */
  readonly problems: readonly string[];
  /** Exposures per second, from paired events; null with fewer than two events. */
  readonly frame_rate_hz: number | null;
  /** Number of events that were delivered to the check. */
  readonly events: number;
  /** Time from the events' timestamps until their data were ready; null without events, and for recordings. */
  readonly lag_seconds: { readonly median: number; readonly max: number } | null;
  /** Shares of the module frames; `missed` of the expected ones. Null without frames. */
  readonly shares: { readonly incomplete: number; readonly unpaired: number; readonly missed: number } | null;
  readonly end_messages_only: boolean;
  readonly counters: Readonly<Record<string, number>>;
  readonly inputs: readonly InputStatus[];
  /** How much of a recording was played; null for a stream. */
  readonly progress: PlaybackProgress | null;
  /** One of the last events, as `monitor --json` writes it; null without events. */
  readonly newest_event: Readonly<Record<string, unknown>> | null;
}

/** The result of `om-jungfrau check`. With `--json`, it is printed as it is; docs/check.md lists the keys. */
export interface CheckReport {
  readonly would_start: boolean;
  /** ISO 8601, UTC. */
  readonly checked_at: string;
  readonly host: string;
  readonly version: string;
  /** Absolute path. */
  readonly configuration: string;
  readonly source: string | null;
  readonly faults: readonly { readonly code: string; readonly message: string }[];
  readonly warnings: readonly string[];
  readonly unusual: readonly UnusualValue[];
  readonly data_retrieval: NonNullable<MonitorDescription["dataRetrieval"]> | null;
  /** By their names in `required_data`; null if the plugin has no descriptions. */
  readonly data: Readonly<Record<string, DataSourceDescription>> | null;
  /** Null without a source, or if it could not be watched. */
  readonly stream: StreamReport | null;
}

/** Whether there are warnings, or problems of the stream; a monitor starts despite both. */
export function hasProblems({ warnings, stream }: CheckReport): boolean {
  return warnings.length > 0 || (stream?.problems.length ?? 0) > 0;
}

/** Whether a value is outside its usual range, or unknown although it has one. */
export function isUnusual({ value, usual }: DescribedValue): boolean {
  if (usual === undefined || typeof value === "string") return false;
  return value === null || !(value >= usual.min && value <= usual.max);
}

/** All values of the descriptions that are outside their usual ranges. */
export function unusualValues(data: Readonly<Record<string, DataSourceDescription>>): UnusualValue[] {
  return Object.entries(data).flatMap(([name, { facts = [], tables = [] }]) => [
    ...facts.flatMap((fact) => unusual(name, fact.name, null, fact)),
    ...tables.flatMap((table) => unusualCells(name, table)),
  ]);
}

function unusualCells(data: string, { name, rows }: DescribedTable): UnusualValue[] {
  return rows.flatMap((row, index) =>
    Object.entries(row).flatMap(([column, cell]) => unusual(data, `${name}.${column}`, index, cell)),
  );
}

function unusual(data: string, name: string, row: number | null, cell: DescribedValue): UnusualValue[] {
  const { value, usual } = cell;
  if (usual === undefined || typeof value === "string" || !isUnusual(cell)) return [];
  return [{ data, name, row, value, usual }];
}
