import type {
  MonitorParameters,
  ParameterAddress,
  ParameterTypeName,
  ParameterTypes,
} from "../../api/index.js";
import type { CalibratedUnit } from "../../calibration/index.js";
import type { ConstantsFile, ConstantsFiles } from "../../constants/index.js";
import { MODULE_COUNT } from "../../detector.js";
import { CalibrationError, ConfigurationError, FaultCollector } from "../../errors.js";
import { addressOf, CONFIGURATION_KEYS, type ConfigurationKey, choice } from "../../settings/index.js";

const KEYS = CONFIGURATION_KEYS;
/** 320 µm of silicon stop hardly any photon above this energy: some 1 % of them, most of which only scatter. */
const UNUSUAL_PHOTON_ENERGY_KEV = 100;

/** A key in OM's spelling, which is used first, and in the documented place. */
type Spellings = readonly [named: ConfigurationKey, documented: ConfigurationKey];

const DARK_FILENAMES: Spellings = [KEYS.namedDarkFilenames, KEYS.darkFilenames];
const GAIN_FILENAMES: Spellings = [KEYS.namedGainFilenames, KEYS.gainFilenames];
const MASK_FILENAMES: Spellings = [KEYS.namedMaskFilenames, KEYS.maskFilenames];
const PHOTON_ENERGY: Spellings = [KEYS.namedPhotonEnergyKeV, KEYS.photonEnergyKeV];

/** How a source calibrates. */
export interface CalibrationParameters {
  readonly files: ConstantsFiles;
  readonly photonEnergyKeV: number;
  /** Where the configuration says it; undefined where it is not used. */
  readonly photonEnergyWhere: string | undefined;
  readonly unit: CalibratedUnit;
  /** Photons as whole numbers, int32. */
  readonly rounded: boolean;
  /** What bad pixels hold. */
  readonly fillValue: number;
}

/**
 * Read how the source `name` is to be calibrated.
 *
 * @param faults  collects what is wrong; the result may be used only if there is nothing
 * @param warn    told of what is probably not meant
 * @returns undefined if it is not to be calibrated
 */
export function calibrationParameters(
  name: string,
  parameters: MonitorParameters,
  faults: FaultCollector,
  warn: (message: string) => void,
): CalibrationParameters | undefined {
  const calibrated = faults.attempt(() =>
    parameters.getParameter({
      ...addressOf(KEYS.calibration, name),
      parameterType: "boolean",
      default: KEYS.calibration.schema.default,
    }),
  );
  if (!calibrated) return undefined;

  const unit = faults.attempt(() => choice(parameters, KEYS.units, name)) ?? KEYS.units.schema.default;
  const files = (keys: Spellings, isRequired: boolean) =>
    faults.attempt(() => constantsFiles(parameters, name, keys, isRequired)) ?? [];
  const dark = files(DARK_FILENAMES, true);
  const gain = files(GAIN_FILENAMES, unit !== "adu");
  const mask = files(MASK_FILENAMES, false);
  const rounded = faults.attempt(() => isRounded(parameters, name, unit)) ?? false;
  const fillValue = faults.attempt(() => fillValueOf(parameters, name, rounded)) ?? Number.NaN;
  const energy = unit === "photons" ? faults.attempt(() => photonEnergy(parameters, name, warn)) : undefined;
  return {
    files: { dark, gain, mask },
    unit,
    rounded,
    fillValue,
    photonEnergyKeV: energy?.value ?? Number.NaN,
    photonEnergyWhere: energy?.where,
  };
}

function isRounded(parameters: MonitorParameters, name: string, unit: CalibratedUnit): boolean {
  const address = addressOf(KEYS.rounded, name);
  const rounded = parameters.getParameter({
    ...address,
    parameterType: "boolean",
    default: KEYS.rounded.schema.default,
  });
  if (!rounded || unit === "photons") return rounded;
  throw new ConfigurationError(
    "CONFIGURATION_BAD_VALUE",
    `${parameters.locate(address)} is for photons, but ${name}_units is ${unit}. Leave one of them out.`,
  );
}

const MIN_INT32 = -(2 ** 31);

function fillValueOf(parameters: MonitorParameters, name: string, rounded: boolean): number {
  const address = addressOf(KEYS.fillValue, name);
  const value = parameters.getParameter({
    ...address,
    parameterType: "number",
    default: rounded ? MIN_INT32 : Number.NaN,
  });
  if (!rounded) {
    // As pixels hold it.
    const single = Math.fround(value);
    if (Number.isFinite(single) || !Number.isFinite(value)) return single;
  } else if (Number.isNaN(value)) {
    return MIN_INT32;
  } else if (Number.isInteger(value) && value >= MIN_INT32 && value < -MIN_INT32) {
    return value;
  }
  throw new ConfigurationError(
    "CONFIGURATION_BAD_VALUE",
    `${parameters.locate(address)} is ${value}, which ${rounded ? "int32" : "float32"} cannot hold. Write a number such as ` +
      "-1, or leave it out.",
  );
}

interface CalibrationKey<N extends ParameterTypeName> {
  readonly address: ParameterAddress;
  readonly value: ParameterTypes[N];
}

function findCalibrationKey<N extends ParameterTypeName>(
  parameters: MonitorParameters,
  name: string,
  keys: Spellings,
  parameterType: N,
): CalibrationKey<N> | undefined {
  for (const address of keys.map((key) => addressOf(key, name))) {
    const value = parameters.getParameter({ ...address, parameterType });
    if (value !== undefined) return { address, value };
  }
  return undefined;
}

function requiredCalibrationKey<N extends ParameterTypeName>(
  parameters: MonitorParameters,
  name: string,
  keys: Spellings,
  parameterType: N,
): CalibrationKey<N> {
  const found = findCalibrationKey(parameters, name, keys, parameterType);
  if (found !== undefined) return found;
  const [named, documented] = keys;
  throw new ConfigurationError(
    "CONFIGURATION_MISSING_KEY",
    `${parameters.locate(addressOf(documented))} (or ${dotted(named, name)}) is missing. Add it, or set ` +
      `${dotted(KEYS.calibration, name)}: false for raw frames.`,
  );
}

function dotted(key: ConfigurationKey, name: string): string {
  const { group, parameter } = addressOf(key, name);
  return `${group}.${parameter}`;
}

function constantsFiles(
  parameters: MonitorParameters,
  name: string,
  keys: Spellings,
  isRequired: boolean,
): ConstantsFile[] {
  const find = isRequired ? requiredCalibrationKey : findCalibrationKey;
  const found = find(parameters, name, keys, "string[]");
  return found === undefined ? [] : filesOf(parameters, found.address, found.value);
}

function filesOf(
  parameters: MonitorParameters,
  address: ParameterAddress,
  filenames: readonly string[],
): ConstantsFile[] {
  const where = parameters.locate(address);
  if (filenames.length === 0 || filenames.length > MODULE_COUNT) {
    throw new CalibrationError(
      "CALIBRATION_FILE_COUNT",
      `${where} names ${filenames.length} files, the detector has ${MODULE_COUNT} modules. Name one file a module, top ` +
        "module first, or a single one that holds both.",
    );
  }
  const faults = new FaultCollector();
  const paths = filenames.map((filename) =>
    faults.attempt(() => parameters.resolvePath(filename, address)),
  ) as string[];
  faults.throwIfAny();
  return paths.map((path, index) => ({ path, where: `${where}[${index}] = '${filenames[index]}'` }));
}

function photonEnergy(
  parameters: MonitorParameters,
  name: string,
  warn: (message: string) => void,
): { value: number; where: string } {
  const { address, value } = requiredCalibrationKey(parameters, name, PHOTON_ENERGY, "number");
  const where = parameters.locate(address);
  const { exclusiveMinimum, maximum } = KEYS.photonEnergyKeV.schema;
  if (!(value > exclusiveMinimum && value <= maximum)) {
    throw new ConfigurationError(
      "CONFIGURATION_BAD_VALUE",
      `${where} is ${value}. Write the photon energy in keV, above ${exclusiveMinimum} and up to ${maximum}.` +
        (value > maximum ? " Was it meant in eV?" : ""),
    );
  }
  if (value > UNUSUAL_PHOTON_ENERGY_KEV) {
    warn(
      `${where} is ${value}: 320 µm of silicon stop hardly any photon above ${UNUSUAL_PHOTON_ENERGY_KEV} keV. Check the ` +
        "number.",
    );
  }
  return { value, where };
}
