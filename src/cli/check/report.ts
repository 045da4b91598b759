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

/** A number that lies outside of what is usual, or is not known. */
export interface UnusualValue {
  /** Name in `required_data`. */
  readonly data: string;
  /** Names of the fact, or of the table and its column. */
  readonly name: string;
  /** Place in the table's rows; null for a fact. */
  readonly row: number | null;
  readonly value: number | null;
  readonly usual: UsualRange;
}

/** What came while the stream was watched. */
export interface StreamReport {
  /** How long it was watched. */
  readonly seconds: number;
  readonly state: StreamState;
  /** One sentence for people. */
  readonly message: string;
  /** What is not as it should be, a sentence each. */
  readonly problems: readonly string[];
  /** Exposures a second, by what was paired; null with fewer than two events. */
  readonly frame_rate_hz: number | null;
  /** Events that were delivered here. */
  readonly events: number;
  /** From the events' timestamps to their finished data; null without events, and for recordings. */
  readonly lag_seconds: { readonly median: number; readonly max: number } | null;
  /** Of the module frames; `missed` of those that should have come. Null without any. */
  readonly shares: { readonly incomplete: number; readonly unpaired: number; readonly missed: number } | null;
  readonly end_messages_only: boolean;
  readonly counters: Readonly<Record<string, number>>;
  readonly inputs: readonly InputStatus[];
  /** How much of a recording was played; null for a stream. */
  readonly progress: PlaybackProgress | null;
  /** One of the last events, as `monitor --json` writes it; null without events. */
  readonly newest_event: Readonly<Record<string, unknown>> | null;
}

/** What `om-jungfrau check` found out. It is printed with `--json` as it is; docs/check.md lists the keys. */
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
  /** By their names in `required_data`; null if the plugin says nothing. */
  readonly data: Readonly<Record<string, DataSourceDescription>> | null;
  /** Null without a source, or if it could not be watched. */
  readonly stream: StreamReport | null;
}

/** Whether there are warnings, or problems of the stream; a monitor starts in spite of both. */
export function hasProblems({ warnings, stream }: CheckReport): boolean {
  return warnings.length > 0 || (stream?.problems.length ?? 0) > 0;
}

/** Whether a value lies outside of its usual range, or is not known although it has one. */
export function isUnusual({ value, usual }: DescribedValue): boolean {
  if (usual === undefined || typeof value === "string") return false;
  return value === null || !(value >= usual.min && value <= usual.max);
}

/** All values of the descriptions that lie outside of what is usual. */
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
