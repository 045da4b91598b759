/** The one table of configuration keys, and its reader. */
export { choice } from "./choice.js";
export {
  addressOf,
  CONFIGURATION_KEYS,
  type ConfigurationKey,
  DATA_RETRIEVAL_LAYER,
} from "./keys.js";
