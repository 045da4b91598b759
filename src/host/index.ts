/** The reference host: manifest loader, registry, monitor loop, and the arrays of data sources. */

export { Alarms, healthOf, type RaisedAlarm } from "./alarms.js";
export { type Array2D, isArray2D, type Statistics, statistics } from "./array-2d.js";
export { detectedEvents } from "./detected-events.js";
export { EventRate } from "./event-rate.js";
export { FileWatch } from "./file-watch.js";
export { GrowthRate } from "./growth-rate.js";
export { manifestSchema } from "./manifest.js";
export { type MonitorDescription, type MonitoredEvent, MonitorHost } from "./monitor-host.js";
export { encodeNpy, type NpyArray } from "./npy.js";
export { levelOf, Signals } from "./signals.js";
export { SYSTEM_CLOCK } from "./system-clock.js";
