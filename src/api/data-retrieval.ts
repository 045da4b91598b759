import type { DataEventHandler } from "./data-event-handler.js";
import type { MonitorParameters } from "./monitor-parameters.js";

/**
 * The object that `om.data_retrieval_layer` names: an event handler with the data sources of one detector or beamline.
 */
export interface DataRetrieval {
  /** Returns the same handler each time; it is not yet initialised. */
  getDataEventHandler(): DataEventHandler;
}

/** The arguments of a data-retrieval factory. */
export interface DataRetrievalArguments {
  /**
   * The source of the events, as the operator wrote it: for a stream, its URLs separated by commas. Undefined for a check
   * without a source: everything can be initialised and described, but there are no events.
   */
  readonly source: string | undefined;
  /** The monitor's whole configuration. */
  readonly monitorParameters: MonitorParameters;
}

/** Builds a data retrieval. Reads and opens nothing. */
export type DataRetrievalFactory = (args: DataRetrievalArguments) => DataRetrieval;
