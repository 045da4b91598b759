import type { DataEventHandler } from "./data-event-handler.js";
import type { MonitorParameters } from "./monitor-parameters.js";

/** What `om.data_retrieval_layer` names: an event handler with the data sources of one detector or beamline. */
export interface DataRetrieval {
  /** The same one each time; not yet initialised. */
  getDataEventHandler(): DataEventHandler;
}

/** What a data-retrieval factory is given. */
export interface DataRetrievalArguments {
  /**
   * Where the events come from, as the operator wrote it: for a stream, its URLs separated by commas. Undefined for a
   * check without a source: everything can be initialised and described, but there are no events.
   */
  readonly source: string | undefined;
  /** The monitor's whole configuration. */
  readonly monitorParameters: MonitorParameters;
}

/** Builds a data retrieval. Reads and opens nothing. */
export type DataRetrievalFactory = (args: DataRetrievalArguments) => DataRetrieval;
