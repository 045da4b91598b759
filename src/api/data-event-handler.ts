import type { DataEvent } from "./data-event.js";
import type { DataSource } from "./data-source.js";
import type { DataSourceDescription } from "./description.js";
import type { PlaybackControl } from "./playback-control.js";

/** Which of the monitor's nodes is speaking: rank 0 collects, the others process. */
export interface NodeArguments {
  /** This node's, from 0. */
  readonly nodeRank: number;
  /** All nodes, the collecting one included: 2 for a monitor of one process. */
  readonly nodePoolSize: number;
}

/** {@link NodeArguments} of a generator, and the signal that ends it. */
export interface EventGeneratorArguments extends NodeArguments {
  /** When aborted, the generator closes its inputs and returns, also while it waits for an event. */
  readonly signal?: AbortSignal | undefined;
}

/** Obtains events from one facility's data source and extracts the required data from them. */
export interface DataEventHandler {
  /** For the node that gathers what the others have found. It has no events and no data sources. */
  initializeEventHandlingOnCollectingNode(args: NodeArguments): void | Promise<void>;

  /**
   * Build and initialise the required data sources.
   *
   * @throws every fault of every source in one error
   */
  initializeEventHandlingOnProcessingNode(args: NodeArguments): void | Promise<void>;

  /**
   * A data source that the configuration names, for what is wanted now and then; one that is not required is built and
   * initialised when it is first asked for. After the initialisation. The handler disposes of it. A handler may leave it out.
   *
   * @returns undefined if no data source has that name
   * @throws what the source's initialisation throws
   */
  dataSource?(args: { name: string }): Promise<DataSource<unknown> | undefined>;

  /**
   * Descriptions of the data sources that were built, by their names in `required_data`; empty ones of sources that say
   * nothing. After the initialisation, also if that has failed: for a check before a run. A handler may leave it out.
   */
  describeData?(): Readonly<Record<string, DataSourceDescription>>;

  /** Events as they come, until the signal aborts. At most one generator at a time. */
  eventGenerator(args: EventGeneratorArguments): AsyncGenerator<DataEvent, void, undefined>;

  /**
   * Take over the playback of a recording, before the generator starts: at the end it then waits, paused, until the signal
   * aborts. After the initialisation. A handler may leave it out.
   *
   * @returns undefined for a stream, which cannot be steered
   */
  steerPlayback?(): PlaybackControl | undefined;

  /** Before anything of an event is extracted. */
  openEvent(args: { event: DataEvent }): void;

  /** Ends the life of all that the event lent. */
  closeEvent(args: { event: DataEvent }): void;

  /** The required data by their names in `required_data`; without those whose sources failed. */
  extractData(args: { event: DataEvent }): Record<string, unknown>;

  /**
   * {@link extractData} without copies: what sources lend is valid until `closeEvent`, and not to be written to. A
   * handler that has nothing to lend leaves it out.
   */
  borrowData?(args: { event: DataEvent }): Record<string, unknown>;

  /**
   * Prepare to retrieve single events by their identifiers, and build the required data sources unless they are there. Not to be
   * called while a generator runs.
   *
   * @throws always, for a stream: what has passed cannot be asked for again
   */
  initializeEventDataRetrieval(): void | Promise<void>;

  /**
   * The required data of one event of a recording, in any order.
   *
   * @throws if there is no such event
   */
  retrieveEventData(args: { eventId: string }): Record<string, unknown> | Promise<Record<string, unknown>>;
}
