import type { MonitorParameters } from "../../api/index.js";
import { ConfigurationError } from "../../errors.js";
import { addressOf, CONFIGURATION_KEYS } from "../../settings/index.js";
import { FrameGeometry, type GeometryOptions } from "./frame-geometry.js";

const { module_gap_rows: GAP_ROWS, double_pixels: DOUBLE_PIXELS } =
  CONFIGURATION_KEYS.geometry.schema.properties;

/**
 * Read `<name>_geometry`: how modules and chips lie in the frame.
 *
 * @throws {ConfigurationError} CONFIGURATION_WRONG_TYPE, CONFIGURATION_BAD_VALUE
 */
export function frameGeometry(parameters: MonitorParameters, name: string): FrameGeometry {
  const address = addressOf(CONFIGURATION_KEYS.geometry, name);
  const map = parameters.getParameter({ ...address, parameterType: "map", default: {} });
  const fault = (what: string) =>
    new ConfigurationError("CONFIGURATION_BAD_VALUE", `${parameters.locate(address)}${what}`);

  const unknown = Object.keys(map).find((key) => key !== "module_gap_rows" && key !== "double_pixels");
  if (unknown !== undefined) {
    throw fault(` has a key '${unknown}'. Known are module_gap_rows and double_pixels.`);
  }
  const moduleGapRows = map.module_gap_rows ?? GAP_ROWS.default;
  const { minimum, maximum } = GAP_ROWS;
  if (
    !Number.isInteger(moduleGapRows) ||
    (moduleGapRows as number) < minimum ||
    (moduleGapRows as number) > maximum
  ) {
    throw fault(
      `.module_gap_rows is ${moduleGapRows}. Write a whole number of rows from ${minimum} to ${maximum}.`,
    );
  }
  const doublePixels = DOUBLE_PIXELS.enum.find(
    (choice) => choice === (map.double_pixels ?? DOUBLE_PIXELS.default),
  );
  if (doublePixels === undefined) {
    throw fault(`.double_pixels is '${map.double_pixels}'. Write ${DOUBLE_PIXELS.enum.join(" or ")}.`);
  }
  const options: GeometryOptions = { moduleGapRows: moduleGapRows as number, doublePixels };
  return new FrameGeometry(options);
}
