/**
 * The contract between a monitor host and its plugins: types and tokens, no behaviour.
 *
 * @module om-jungfrau-zmq/api
 */
export { COUNTERS, type CounterDescription, EVENT_COUNTERS } from "./counters.js";
export type { DataEvent } from "./data-event.js";
export type { DataEventHandler, EventGeneratorArguments, NodeArguments } from "./data-event-handler.js";
export type { DataRetrieval, DataRetrievalArguments, DataRetrievalFactory } from "./data-retrieval.js";
export type {
  DataSource,
  DataSourceArguments,
  DataSourceFactory,
  ExtractionArguments,
} from "./data-source.js";
export type {
  DataSourceDescription,
  DescribedAlarm,
  DescribedColumn,
  DescribedFact,
  DescribedFile,
  DescribedTable,
  DescribedValue,
  ReturnedValue,
  UsualRange,
} from "./description.js";
export type {
  MonitorParameters,
  ParameterAddress,
  ParameterQuery,
  ParameterTypeName,
  ParameterTypes,
} from "./monitor-parameters.js";
export type { PlaybackControl } from "./playback-control.js";
export type { PluginContext, PluginModule, Registry, ServiceContainer } from "./plugin.js";
export type {
  Clock,
  InputStatus,
  Logger,
  PlaybackProgress,
  StatusRegistry,
  StreamState,
  StreamStatus,
} from "./services.js";
export { CLOCK, LOGGER, MONITOR_API_VERSION, STATUS_REGISTRY } from "./tokens.js";
