/** What is usually seen, both ends included. */
export interface UsualRange {
  readonly min: number;
  readonly max: number;
}

/** A value for people to look at. */
export interface DescribedValue {
  /** Null if it is not known. */
  readonly value: number | string | null;
  /** For a number: a host marks a value outside of it, and one that is not known. */
  readonly usual?: UsualRange | undefined;
}

/** A single value by its name. */
export interface DescribedFact extends DescribedValue {
  /** For programs, snake_case: `photon_energy`. */
  readonly name: string;
  /** For people: `photon energy`. */
  readonly title: string;
  readonly unit?: string | undefined;
  /** Where the configuration says it. */
  readonly where?: string | undefined;
}

/** A file that the configuration names. */
export interface DescribedFile {
  /** Absolute. */
  readonly path: string;
  /** Where the configuration names it: `monitor.yaml:12: calibration.dark_filenames[1] = 'dark.h5'`. */
  readonly where: string;
  /** What was found in it, a sentence each, without a full stop; none if it could not be read. */
  readonly notes: readonly string[];
}

/** A column of a {@link DescribedTable}. */
export interface DescribedColumn {
  /** For programs, snake_case: its key in the rows. */
  readonly name: string;
  /** For people, short: it stands above the values. */
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
  /** Where the usual ranges come from, and what else is needed to read the table; a sentence each. */
  readonly notes?: readonly string[] | undefined;
}

/** What a data source gives. */
export interface ReturnedValue {
  /** Element type, such as float32, or `string`. */
  readonly dtype: string;
  /** [] for a single value. */
  readonly shape: readonly number[];
  readonly unit?: string | undefined;
}

/** An alarm that a host should have without being asked, because equipment is in danger. */
export interface DescribedAlarm {
  /** Which of the {@link DataSourceDescription.signals}. */
  readonly signal: string;
  /** The alarm is raised while the signal is above this. */
  readonly above: number;
  /** What to do then: a sentence. */
  readonly advice: string;
}

/**
 * What a data source gives and what it works with, for people who check a monitor before they need it. A host prints it
 * without knowing what it is about: numbers are numbers, and what is usual stands beside them.
 *
 * Every member is left out where there is nothing to say.
 */
export interface DataSourceDescription {
  /** Left out also if the configuration is too wrong to tell. */
  readonly returns?: ReturnedValue | undefined;
  /**
   * Keys of its value where that is a flat object of numbers and booleans: each of them is a signal, `<name>.<key>`, for
   * trends, metrics and alarms.
   */
  readonly signals?: readonly string[] | undefined;
  /** Alarms that a host has by default. A configured alarm with `above` on the same signal replaces one of these. */
  readonly alarms?: readonly DescribedAlarm[] | undefined;
  /** Single values. */
  readonly facts?: readonly DescribedFact[] | undefined;
  /** All that the configuration names for this source. */
  readonly files?: readonly DescribedFile[] | undefined;
  /** Values for each of several things. */
  readonly tables?: readonly DescribedTable[] | undefined;
}
