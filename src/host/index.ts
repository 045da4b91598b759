/** The reference host: manifest loader, registry, monitor loop, and what it shows of the data. */
export { type ArrayData, type ArraySummary, describeData, isArrayData, statistics } from "./array-data.js";
export { parseAddress } from "./listen-address.js";
export { manifestSchema, readManifest } from "./manifest.js";
export { MonitorMetrics, STREAM_STATES } from "./metrics.js";
export { type MetricsServerOptions, startMetricsServer } from "./metrics-server.js";
export { type MonitorDescription, type MonitoredEvent, MonitorHost } from "./monitor-host.js";
export { writeNpy } from "./npy.js";
export { Plugins } from "./plugins.js";
export { FactoryRegistry } from "./registry.js";
