/** A usual range, both ends included. */
export interface UsualRange {
  readonly min: number;
  readonly max: number;
}

/** A value for people to look at. */
export interface DescribedValue {
  /** Null if unknown. */
  readonly value: number | string | null;
  /** For a number: a host marks a value outside it, and an unknown one. */
  readonly usual?: UsualRange | undefined;
}

/** A single value by its name. */
export interface DescribedFact extends DescribedValue {
  /** For programs, snake_case: `photon_energy`. */
  readonly name: string;
  /** For people: `photon energy`. */
  readonly title: string;
  readonly unit?: string | undefined;
  /** Its place in the configuration. */
  readonly where?: string | undefined;
}

/** A file that the configuration names. */
export interface DescribedFile {
  /** Absolute. */
  readonly path: string;
  /** Its place in the configuration: `monitor.yaml:12: calibration.dark_filenames[1] = 'dark.h5'`. */
  readonly where: string;
  /** Notes on its content, one sentence each, without a full stop; empty if it could not be read. */
  readonly notes: readonly string[];
}

/** A column of a {@link DescribedTable}. */
export interface DescribedColumn {
  /** For programs, snake_case: its key in the rows. */
  readonly name: string;
  /** For people, short: the heading of the values. */
  readonly title: string;
  readonly unit?: string | undefined;
}

/** Values of one kind for several things, such as the modules of a detector. */
export interface DescribedTable {
  /** For programs, snake_case. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly columns: readonly DescribedColumn[];
  /** Values by the names of the columns. */
  readonly rows: readonly Readonly<Record<string, DescribedValue>>[];
  /** The origin of the usual ranges, and anything else needed to read the table; one sentence each. */
  readonly notes?: readonly string[] | undefined;
}

/** The type of a data source's value. */
export interface ReturnedValue {
  /** Element type, such as float32, or `string`. */
  readonly dtype: string;
  /** [] for a single value. */
  readonly shape: readonly number[];
  readonly unit?: string | undefined;
}

/** An alarm that a host should have by default, because equipment is in danger. */
export interface DescribedAlarm {
  /** Which of the {@link DataSourceDescription.signals}. */
  readonly signal: string;
  /** The alarm is raised while the signal is above this. */
  readonly above: number;
  /** What to do then: a sentence. */
  readonly advice: string;
}

/**
 * A data source's value and inputs, for people who check a monitor before they need it. A host prints it without
 * understanding it: numbers are numbers, each with its usual range.
 *
 * Every member is optional.
 */
export interface DataSourceDescription {
  /** Also absent if errors in the configuration hide it. */
  readonly returns?: ReturnedValue | undefined;
  /**
   * Keys of its value, if the value is a flat object of numbers and booleans. Each is a signal, `<name>.<key>`, for
   * trends, metrics and alarms.
   */
  readonly signals?: readonly string[] | undefined;
  /** Alarms that a host has by default. A configured alarm with `above` on the same signal replaces one of these. */
  readonly alarms?: readonly DescribedAlarm[] | undefined;
  /** Single values. */
  readonly facts?: readonly DescribedFact[] | undefined;
  /** All files of this source in the configuration. */
  readonly files?: readonly DescribedFile[] | undefined;
  /** Values for each of several things. */
  readonly tables?: readonly DescribedTable[] | undefined;
}
