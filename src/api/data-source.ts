import type { DataEvent } from "./data-event.js";
import type { DataSourceDescription } from "./description.js";
import type { MonitorParameters } from "./monitor-parameters.js";

/** The arguments of a data source's `getData`. */
export interface ExtractionArguments {
  readonly event: DataEvent;
  /**
   * The event's values of the sources before this one in `required_data`, by their names, except those that failed. They
   * must not be kept or written to. Undefined in hosts of contract 1.0.
   */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * One sensor: gets its value from an event.
 *
 * @typeParam T what `getData` returns
 */
export interface DataSource<T> {
  /**
   * Read parameters and files. All errors are found here, not at the first event.
   *
   * @throws all faults of the source together, as errors for which `isMonitorError` holds
   */
  initializeDataSource(): void | Promise<void>;

  /**
   * Names of required data that the value depends on, such as a frame. They must precede this source in `required_data`;
   * a wrong order is a fault of the configuration. Read before the initialisation. Absent if the source needs only the
   * event.
   */
  readonly dependsOn?: readonly string[];

  /**
   * The sensor's value in this event. On the hot path: synchronous, and the caller owns the result. If it throws, the
   * event lacks only this value; the fault is counted and logged.
   */
  getData(args: ExtractionArguments): T;

  /**
   * {@link getData} without a copy: the result is the source's memory, valid until `closeEvent` of the event, and must
   * not be written to. Optional for a source.
   */
  borrowData?(args: ExtractionArguments): T;

  /**
   * Read the files of the configuration again, and use them from then on, between two events. Until they are read, and after a
   * fault, the old ones stay in use. Absent if the source has no files. Since contract 1.2.
   *
   * @throws as {@link initializeDataSource}
   */
  reload?(): Promise<void>;

  /**
   * Forget what was learnt from events, such as the drift of pedestals, on a person's request. Absent if the source learns
   * nothing. Since contract 1.2.
   */
  reset?(): void;

  /** Sentences about what currently needs attention; each disappears when its cause does. Since contract 1.2. */
  warnings?(): readonly string[];

  /** Counts since the start, by snake_case name, of events that people should know of. */
  counters?(): Readonly<Record<string, number>>;

  /**
   * The source's value and its inputs, for a check before a run. Called after `initializeDataSource`, even after a failed
   * one: then it describes what could be read. Optional for a source.
   */
  describe?(): DataSourceDescription;

  /** Free what initialisation acquired, even if it failed. Afterwards the source has no data. May be repeated. */
  dispose?(): void;
}

/** The arguments of a data-source factory. */
export interface DataSourceArguments {
  /** Prefix of the source's configuration keys: `detector` reads `detector_calibration`. */
  readonly dataSourceName: string;
  /** The monitor's whole configuration. */
  readonly monitorParameters: MonitorParameters;
}

/** Builds a source. Reads and opens nothing; `initializeDataSource` does. */
export type DataSourceFactory = (args: DataSourceArguments) => DataSource<unknown>;
