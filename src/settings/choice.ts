import type { MonitorParameters } from "../api/index.js";
import { ConfigurationError } from "../errors.js";
import { addressOf, type ConfigurationKey } from "./keys.js";

/** A key whose value is one of a few texts. */
interface ChoiceKey<T extends string> extends ConfigurationKey {
  readonly schema: { readonly enum: readonly T[]; readonly default: NoInfer<T> };
}

/**
 * Look up a text that must be one of a few.
 *
 * @param name  of the data source, for a template
 * @throws {ConfigurationError} CONFIGURATION_WRONG_TYPE, CONFIGURATION_BAD_VALUE
 */
export function choice<T extends string>(parameters: MonitorParameters, key: ChoiceKey<T>, name?: string): T {
  const address = addressOf(key, name);
  const { enum: choices, default: usual } = key.schema;
  const value = parameters.getParameter({ ...address, parameterType: "string", default: usual });
  const found = choices.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw new ConfigurationError(
    "CONFIGURATION_BAD_VALUE",
    `${parameters.locate(address)} is '${value}'. Write ${choices.join(" or ")}.`,
  );
}
