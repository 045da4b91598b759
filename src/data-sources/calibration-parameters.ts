import type { MonitorParameters, ParameterAddress, ParameterTypeName, ParameterTypes } from "../api/index.js";
import type { CalibratedUnit, ConstantsFile, ConstantsFiles } from "../calibration/index.js";
import { MODULE_COUNT } from "../detector.js";
import { CalibrationError, ConfigurationError, FaultCollector } from "../errors.js";
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
 * @returns undefined if it is not
 * @throws every fault of its keys together
 */
export function calibrationParameters(
  name: string,
  parameters: MonitorParameters,
): CalibrationParameters | undefined {
  const faults = new FaultCollector();
  const calibrated = faults.attempt(() =>
    parameters.getParameter({
      group: GROUP,
      parameter: `${name}_calibration`,
      parameterType: "boolean",
      default: true,
    }),
  );
  if (calibrated === false) return undefined;

  const dark = faults.attempt(() => constantsFiles(parameters, name, "dark_filenames"));
  const gain = faults.attempt(() => constantsFiles(parameters, name, "gain_filenames"));
  const unit = faults.attempt(() => choice(parameters, { group: GROUP, parameter: `${name}_units` }, UNITS));
  const fillValue = faults.attempt(() =>
    parameters.getParameter({
      group: GROUP,
      parameter: `${name}_fill_value`,
      parameterType: "number",
      default: Number.NaN,
    }),
  );
  const photonEnergyKeV =
    unit === "keV" || unit === "adu" ? Number.NaN : faults.attempt(() => photonEnergy(parameters, name));
  faults.throwIfAny();
  return { files: { dark, gain }, unit, fillValue, photonEnergyKeV } as CalibrationParameters;
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
