/** The reference host: manifest loader, registry, monitor loop, and what it shows of the data. */
export { type ArrayData, type ArraySummary, isArrayData, statistics, summarizeData } from "./array-data.js";
export { EventRate } from "./event-rate.js";
export { manifestSchema } from "./manifest.js";
export { MonitorMetrics } from "./metrics.js";
export { type MonitorDescription, type MonitoredEvent, MonitorHost } from "./monitor-host.js";
export { writeNpy } from "./npy.js";
