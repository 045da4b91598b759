import type { MonitorParameters } from "../api/index.js";
import { ConfigurationError } from "../errors.js";
import { FrameGeometry, type GeometryOptions } from "./frame-geometry.js";

/** More than any installation has, and little enough to be held in memory. */
const MAX_GAP_ROWS = 4096;

const DOUBLE_PIXELS = ["pack", "keep", "mask"] as const;

/**
 * Read `<name>_geometry`: how modules and chips lie in the frame.
 *
 * @throws {ConfigurationError} CONFIGURATION_WRONG_TYPE, CONFIGURATION_BAD_VALUE
 */
export function frameGeometry(parameters: MonitorParameters, name: string): FrameGeometry {
  const address = { group: "data_retrieval_layer", parameter: `${name}_geometry` };
  const map = parameters.getParameter({ ...address, parameterType: "map", default: {} });
  const fault = (what: string) =>
    new ConfigurationError("CONFIGURATION_BAD_VALUE", `${parameters.locate(address)}${what}`);

  const unknown = Object.keys(map).find((key) => key !== "module_gap_rows" && key !== "double_pixels");
  if (unknown !== undefined) {
    throw fault(` has a key '${unknown}'. Known are module_gap_rows and double_pixels.`);
  }
  const moduleGapRows = map.module_gap_rows ?? 0;
  if (
    !Number.isInteger(moduleGapRows) ||
    (moduleGapRows as number) < 0 ||
    (moduleGapRows as number) > MAX_GAP_ROWS
  ) {
    throw fault(
      `.module_gap_rows is ${moduleGapRows}. Write a whole number of rows from 0 to ${MAX_GAP_ROWS}.`,
    );
  }
  const doublePixels = DOUBLE_PIXELS.find((choice) => choice === (map.double_pixels ?? "pack"));
  if (doublePixels === undefined) {
    throw fault(`.double_pixels is '${map.double_pixels}'. Write ${DOUBLE_PIXELS.join(" or ")}.`);
  }
  const options: GeometryOptions = { moduleGapRows: moduleGapRows as number, doublePixels };
  return new FrameGeometry(options);
}
