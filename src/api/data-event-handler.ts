import type { DataEvent } from "./data-event.js";
import type { DataSource } from "./data-source.js";
import type { DataSourceDescription } from "./description.js";
import type { PlaybackControl } from "./playback-control.js";

/** Which of the monitor's nodes calls: rank 0 collects, the others process. */
export interface NodeArguments {
  /** Rank of this node, from 0. */
  readonly nodeRank: number;
  /** Number of nodes, including the collecting one: 2 for a monitor with one process. */
  readonly nodePoolSize: number;
}

/** {@link NodeArguments} of a generator, and the signal that ends it. */
export interface EventGeneratorArguments extends NodeArguments {
  /** When aborted, the generator closes its inputs and returns, even while it waits for an event. */
  readonly signal?: AbortSignal | undefined;
}

/** Obtains events from one facility's data source and extracts the required data from them. */
export interface DataEventHandler {
  /** Called on the node that collects the results of the others. It has no events and no data sources. */
  initializeEventHandlingOnCollectingNode(args: NodeArguments): void | Promise<void>;

  /**
   * Build and initialise the required data sources.
   *
   * @throws all faults of all sources in one error
   */
  initializeEventHandlingOnProcessingNode(args: NodeArguments): void | Promise<void>;

  /**
   * A data source of the configuration, for occasional use. One that is not required is built and initialised at its
   * first use. Call it after the initialisation. The handler disposes of the source. Optional for a handler.
   *
   * @returns undefined if no data source has that name
   * @throws what the source's initialisation throws
   */
  dataSource?(args: { name: string }): Promise<DataSource<unknown> | undefined>;

  /**
   * Descriptions of the data sources that were built, by their names in `required_data`; empty for sources without one.
   * Call it after the initialisation, even after a failed one: it serves a check before a run. Optional for a handler.
   */
  describeData?(): Readonly<Record<string, DataSourceDescription>>;

  /** Events as they arrive, until the signal aborts. At most one generator at a time. */
  eventGenerator(args: EventGeneratorArguments): AsyncGenerator<DataEvent, void, undefined>;

  /**
   * Take control of the playback of a recording. Called after the initialisation and before the generator starts. The playback
   * then pauses at its end until the signal aborts. Optional for a handler.
   *
   * @returns undefined for a stream, which cannot be controlled
   */
  steerPlayback?(): PlaybackControl | undefined;

  /** Called before any data of an event are extracted. */
  openEvent(args: { event: DataEvent }): void;

  /** Ends the validity of everything that the event lent. */
  closeEvent(args: { event: DataEvent }): void;

  /** The required data by their names in `required_data`, except those whose sources failed. */
  extractData(args: { event: DataEvent }): Record<string, unknown>;

  /**
   * {@link extractData} without copies: the data are valid until `closeEvent`, and must not be written to. Optional for a
   * handler.
   */
  borrowData?(args: { event: DataEvent }): Record<string, unknown>;

  /**
   * Prepare to retrieve single events by their identifiers, and build the required data sources if necessary. Must not be
   * called while a generator runs.
   *
   * @throws always, for a stream: past events are lost
   */
  initializeEventDataRetrieval(): void | Promise<void>;

  /**
   * The required data of one event of a recording, in any order.
   *
   * @throws if there is no such event
   */
  retrieveEventData(args: { eventId: string }): Record<string, unknown> | Promise<Record<string, unknown>>;
}
