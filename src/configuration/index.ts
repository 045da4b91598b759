/** YAML → checked MonitorParameters; every fault at once, with file, key and line. */
export { readMonitorParameters, YamlMonitorParameters } from "./monitor-parameters.js";
export { nearName } from "./near-name.js";
export { type KeySchema, unknownKeyWarnings } from "./unknown-keys.js";
