import type { MonitorParameters, ParameterAddress } from "../api/index.js";
import { ConfigurationError } from "../errors.js";

/**
 * Look up a text that must be one of a few.
 *
 * @param choices  the first is the default
 * @throws {ConfigurationError} CONFIGURATION_BAD_VALUE
 */
export function choice<T extends string>(
  parameters: MonitorParameters,
  address: ParameterAddress,
  choices: readonly [T, ...T[]],
): T {
  const value = parameters.getParameter({
    ...address,
    parameterType: "string",
    default: choices[0],
  });
  const found = choices.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw new ConfigurationError(
    "CONFIGURATION_BAD_VALUE",
    `${parameters.locate(address)} is '${value}'. Write ${choices.join(" or ")}.`,
  );
}
