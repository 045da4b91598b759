/** The one table of configuration keys, and its only reader. */
export {
  addressOf,
  CONFIGURATION_KEYS,
  type ConfigurationKey,
  DATA_RETRIEVAL_LAYER,
  dotted,
} from "./keys.js";
export { differenceText, readSetting, readSettings, readSpellings } from "./read-settings.js";
