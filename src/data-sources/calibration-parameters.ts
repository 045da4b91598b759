import type { MonitorParameters, ParameterAddress, ParameterTypeName, ParameterTypes } from "../api/index.js";
import type { CalibratedUnit, ConstantsFile, ConstantsFiles } from "../calibration/index.js";
import { MODULE_COUNT } from "../detector.js";
import { CalibrationError, ConfigurationError, type FaultCollector } from "../errors.js";
import { choice } from "./parameters.js";

const GROUP = "data_retrieval_layer";
const UNITS: readonly [CalibratedUnit, ...CalibratedUnit[]] = ["photons", "keV", "adu"];

/** How a source calibrates. */
export interface CalibrationParameters {
  readonly files: ConstantsFiles;
  readonly photonEnergyKeV: number;
  readonly unit: CalibratedUnit;
  /** What bad pixels hold. */
  readonly fillValue: number;
}

/**
 * Read how the source `name` is to be calibrated.
 *
 * @param faults  collects what is wrong; the result may be used only if there is nothing
 * @returns undefined if it is not to be calibrated
 */
export function calibrationParameters(
  name: string,
  parameters: MonitorParameters,
  faults: FaultCollector,
): CalibrationParameters | undefined {
  const calibrated = faults.attempt(() =>
    parameters.getParameter({
      group: GROUP,
      parameter: `${name}_calibration`,
      parameterType: "boolean",
      default: true,
    }),
  );
  if (!calibrated) return undefined;

  const dark = faults.attempt(() => constantsFiles(parameters, name, "dark_filenames")) ?? [];
  const gain = faults.attempt(() => constantsFiles(parameters, name, "gain_filenames")) ?? [];
  const unit =
    faults.attempt(() => choice(parameters, { group: GROUP, parameter: `${name}_units` }, UNITS)) ?? UNITS[0];
  const fillValue =
    faults.attempt(() =>
      parameters.getParameter({
        group: GROUP,
        parameter: `${name}_fill_value`,
        parameterType: "number",
        default: Number.NaN,
      }),
    ) ?? Number.NaN;
  const photonEnergyKeV =
    (unit === "photons" ? faults.attempt(() => photonEnergy(parameters, name)) : undefined) ?? Number.NaN;
  return { files: { dark, gain }, unit, fillValue, photonEnergyKeV };
}

/** A key in OM's spelling (`data_retrieval_layer.<name>_KEY`), or else in the documented place (`calibration.KEY`). */
function findCalibrationKey<N extends ParameterTypeName>(
  parameters: MonitorParameters,
  name: string,
  key: string,
  parameterType: N,
): { address: ParameterAddress; value: ParameterTypes[N] } {
  const om = { group: GROUP, parameter: `${name}_${key}` };
  const documented = { group: "calibration", parameter: key };
  for (const address of [om, documented]) {
    const value = parameters.getParameter({ ...address, parameterType });
    if (value !== undefined) return { address, value };
  }
  throw new ConfigurationError(
    "CONFIGURATION_MISSING_KEY",
    `${parameters.locate(documented)} (or ${om.group}.${om.parameter}) is missing. Add it, or set ` +
      `${GROUP}.${name}_calibration: false for raw frames.`,
  );
}

function constantsFiles(parameters: MonitorParameters, name: string, key: string): ConstantsFile[] {
  const { address, value: filenames } = findCalibrationKey(parameters, name, key, "string[]");
  const where = parameters.locate(address);
  if (filenames.length !== MODULE_COUNT) {
    throw new CalibrationError(
      "CALIBRATION_FILE_COUNT",
      `${where} names ${filenames.length} file${filenames.length === 1 ? "" : "s"}, the detector has ${MODULE_COUNT} ` +
        "modules. Name one file a module, top module first.",
    );
  }
  return filenames.map((filename, moduleIndex) => ({
    path: parameters.resolvePath(filename),
    where: `${where}[${moduleIndex}] = '${filename}'`,
  }));
}

function photonEnergy(parameters: MonitorParameters, name: string): number {
  const { address, value } = findCalibrationKey(parameters, name, "photon_energy_kev", "number");
  if (value > 0 && Number.isFinite(value)) return value;
  throw new ConfigurationError(
    "CONFIGURATION_BAD_VALUE",
    `${parameters.locate(address)} is ${value}. Write the photon energy in keV, above 0.`,
  );
}
