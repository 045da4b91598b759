import type { DataEvent } from "./data-event.js";
import type { DataSourceDescription } from "./description.js";
import type { MonitorParameters } from "./monitor-parameters.js";

/** What a data source is given to get its value. */
export interface ExtractionArguments {
  readonly event: DataEvent;
  /**
   * What the sources before this one in `required_data` gave for the event, by their names; without those that failed. Not to
   * be kept or written to. Undefined in hosts of contract 1.0.
   */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * One sensor: knows how to get its value out of an event.
 *
 * @typeParam T what `getData` returns
 */
export interface DataSource<T> {
  /**
   * Read parameters and files. Everything that can be wrong is found here, not at the first event.
   *
   * @throws the source's faults, all of them together, as errors for which `isMonitorError` holds
   */
  initializeDataSource(): void | Promise<void>;

  /**
   * Names of required data that the value is made of, such as a frame's. They have to stand before this source in
   * `required_data`; a wrong order is a fault of the configuration. Read before the initialisation. Left out by a source
   * that is made of the event alone.
   */
  readonly dependsOn?: readonly string[];

  /**
   * The sensor's value in this event. On the hot path: synchronous, and the caller owns what it gets. What it throws costs
   * the event this value, and nothing else: it is counted and logged.
   */
  getData(args: ExtractionArguments): T;

  /**
   * {@link getData} without a copy: what it returns is the source's own memory, valid until `closeEvent` of the event,
   * and not to be written to. A source that has nothing to lend leaves it out.
   */
  borrowData?(args: ExtractionArguments): T;

  /**
   * Read the files of the configuration again, and use them from then on, between two events. Until they are read, and after a
   * fault, all stays as it was. A source without files leaves it out. Since contract 1.2.
   *
   * @throws as {@link initializeDataSource}
   */
  reload?(): Promise<void>;

  /**
   * Forget what was learnt from events, such as how far pedestals have drifted: for a person who knows better. A source that
   * learns nothing leaves it out. Since contract 1.2.
   */
  reset?(): void;

  /** What people should know of now, a sentence each: what is wrong goes when it is right again. Since contract 1.2. */
  warnings?(): readonly string[];

  /** Counts since the start, by snake_case name: what the source met that people should know of. */
  counters?(): Readonly<Record<string, number>>;

  /**
   * What the source gives and works with, for a check before a run. Made when it is asked for, after
   * `initializeDataSource`; also after that has failed, of what could be read. A source that has nothing to say leaves
   * it out.
   */
  describe?(): DataSourceDescription;

  /** Free what initialisation took, also where it failed. Afterwards there is no data. Harmless when repeated. */
  dispose?(): void;
}

/** What a data-source factory is given. */
export interface DataSourceArguments {
  /** Prefix of the source's configuration keys: `detector` reads `detector_calibration`. */
  readonly dataSourceName: string;
  /** The monitor's whole configuration. */
  readonly monitorParameters: MonitorParameters;
}

/** Builds a source. Reads and opens nothing: that is `initializeDataSource`. */
export type DataSourceFactory = (args: DataSourceArguments) => DataSource<unknown>;
