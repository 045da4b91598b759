/** Dark frames → pedestals: samples of each pixel and gain stage, and bad pixels. */
export { BAD_DARK_REASONS, type BadDarkReason, type DarkMaps, maskBit } from "./dark-maps.js";
export { DarkRun, type DarkRunOptions, type Darks } from "./dark-run.js";
