import { existsSync } from "node:fs";
import type { MonitorParameters, ParameterAddress } from "../../api/index.js";
import type { CalibratedUnit } from "../../calibration/index.js";
import type { ConstantsFile, ConstantsFiles } from "../../constants/index.js";
import type { DetectorLayout } from "../../detector.js";
import { ConfigurationError, FaultCollector, type MonitorError } from "../../errors.js";
import {
  addressOf,
  type ConfigurationKey,
  dotted,
  CONFIGURATION_KEYS as KEYS,
  readSetting,
  readSpellings,
} from "../../settings/index.js";
import { FrameGeometry } from "./frame-geometry.js";

/** 320 µm of silicon stop hardly any photon above this energy: about 1 %, most of which only scatter. */
const UNUSUAL_PHOTON_ENERGY_KEV = 100;
const MIN_INT32 = -(2 ** 31);

type FilesKey = ConfigurationKey & Pick<typeof KEYS.darkFilenames, "schema">;
/** A key in OM's spelling, which takes precedence, and in the documented spelling. */
type FileSpellings = readonly [FilesKey, FilesKey];

const DARK_FILENAMES: FileSpellings = [KEYS.namedDarkFilenames, KEYS.darkFilenames];
const GAIN_FILENAMES: FileSpellings = [KEYS.namedGainFilenames, KEYS.gainFilenames];
const MASK_FILENAMES: FileSpellings = [KEYS.namedMaskFilenames, KEYS.maskFilenames];
const PHOTON_ENERGY = [KEYS.namedPhotonEnergyKeV, KEYS.photonEnergyKeV] as const;

/** A source's calibration settings. */
export interface CalibrationParameters {
  readonly files: ConstantsFiles;
  readonly photonEnergyKeV: number;
  /** The setting's place in the configuration; undefined if it is not used. */
  readonly photonEnergyWhere: string | undefined;
  readonly unit: CalibratedUnit;
  /** Photons as whole numbers, int32. */
  readonly rounded: boolean;
  /** Value of bad pixels. */
  readonly fillValue: number;
  /** Maximum change of pedestals that follow the frames, in ADU; undefined if they do not follow them. */
  readonly trackingLimitAdu: number | undefined;
}

/** A source's settings for frames. */
export interface FrameSettings {
  readonly geometry: FrameGeometry;
  /** Undefined for raw frames. */
  readonly calibration: CalibrationParameters | undefined;
  /** All faults; the other settings are then incomplete, but sufficient to look for more faults. */
  readonly faults: readonly MonitorError[];
}

/**
 * Read the frame settings of the source `name`.
 *
 * @param warn  called with settings that are probably unintended
 */
export function frameSettings(
  layout: DetectorLayout,
  name: string,
  parameters: MonitorParameters,
  warn: (message: string) => void,
): FrameSettings {
  return new FrameSettingsReader(layout, name, parameters, warn).read();
}

class FrameSettingsReader {
  readonly #layout: DetectorLayout;
  readonly #name: string;
  readonly #parameters: MonitorParameters;
  readonly #warn: (message: string) => void;
  readonly #faults = new FaultCollector();

  constructor(
    layout: DetectorLayout,
    name: string,
    parameters: MonitorParameters,
    warn: (message: string) => void,
  ) {
    this.#layout = layout;
    this.#name = name;
    this.#parameters = parameters;
    this.#warn = warn;
  }

  read(): FrameSettings {
    // Read first, because it decides which other keys are read.
    const calibration = this.#read(KEYS.calibration, false) ? this.#calibration() : undefined;
    const { module_gap_rows: moduleGapRows, double_pixels: doublePixels } = this.#read(KEYS.geometry, {
      module_gap_rows: 0,
      double_pixels: "pack",
    });
    const geometry = new FrameGeometry(this.#layout, { moduleGapRows, doublePixels });
    return { geometry, calibration, faults: this.#faults.faults };
  }

  #calibration(): CalibrationParameters {
    const unit = this.#read(KEYS.units, KEYS.units.schema.default);
    const dark = this.#files(DARK_FILENAMES, true);
    const gain = this.#files(GAIN_FILENAMES, unit !== "adu");
    const mask = this.#files(MASK_FILENAMES, false);
    const rounded = this.#faults.attempt(() => this.#isRounded(unit)) ?? false;
    const fillValue = this.#faults.attempt(() => this.#fillValue(rounded)) ?? Number.NaN;
    const energy = unit === "photons" ? this.#faults.attempt(() => this.#photonEnergy()) : undefined;
    const tracks = this.#read(KEYS.pedestalTracking, false);
    const limitAdu = this.#read(KEYS.pedestalTrackingLimitAdu, KEYS.pedestalTrackingLimitAdu.schema.default);
    return {
      files: { dark, gain, mask },
      trackingLimitAdu: tracks ? limitAdu : undefined,
      unit,
      rounded,
      fillValue,
      photonEnergyKeV: energy?.value ?? Number.NaN,
      photonEnergyWhere: energy?.where,
    };
  }

  /** A key's value; after a fault, the value `otherwise`, so that reading can continue. */
  #read<const K extends ConfigurationKey>(
    key: K,
    otherwise: NoInfer<NonNullable<ReturnType<typeof readSetting<K>>>>,
  ) {
    return this.#faults.attempt(() => readSetting(this.#parameters, key, this.#name)) ?? otherwise;
  }

  #isRounded(unit: CalibratedUnit): boolean {
    const rounded = readSetting(this.#parameters, KEYS.rounded, this.#name);
    if (!rounded || unit === "photons") return rounded;
    throw new ConfigurationError(
      "CONFIGURATION_BAD_VALUE",
      `${this.#locate(KEYS.rounded)} is for photons, but ${this.#name}_units is ${unit}. Leave one of them out.`,
    );
  }

  #fillValue(rounded: boolean): number {
    const usual = rounded ? MIN_INT32 : Number.NaN;
    const value = readSetting(this.#parameters, KEYS.fillValue, this.#name) ?? usual;
    if (!rounded) {
      // The value as pixels store it.
      const single = Math.fround(value);
      if (Number.isFinite(single) || !Number.isFinite(value)) return single;
    } else if (Number.isNaN(value)) {
      return MIN_INT32;
    } else if (Number.isInteger(value) && value >= MIN_INT32 && value < -MIN_INT32) {
      return value;
    }
    throw new ConfigurationError(
      "CONFIGURATION_BAD_VALUE",
      `${this.#locate(KEYS.fillValue)} is ${value}, which ${rounded ? "int32" : "float32"} cannot hold. Write a number such ` +
        "as -1, or leave it out.",
    );
  }

  #photonEnergy(): { value: number; where: string } {
    const [found] = readSpellings(this.#parameters, PHOTON_ENERGY, this.#name, this.#warn);
    if (found === undefined) throw this.#missing(PHOTON_ENERGY);
    const { key, value } = found;
    const where = this.#locate(key);
    if (value > UNUSUAL_PHOTON_ENERGY_KEV) {
      this.#warn(
        `${where} is ${value}: 320 µm of silicon stop hardly any photon above ${UNUSUAL_PHOTON_ENERGY_KEV} keV. Check the ` +
          "number.",
      );
    }
    return { value, where };
  }

  /** Constants files of one kind; empty after a fault. */
  #files(spellings: FileSpellings, isRequired: boolean): ConstantsFile[] {
    const read = () => {
      const [used, other] = readSpellings(this.#parameters, spellings, this.#name, this.#warn);
      if (used === undefined && isRequired) throw this.#missing(spellings);
      for (const { path, where } of other === undefined ? [] : this.#located(other.key, other.value)) {
        if (!existsSync(path)) this.#warn(`${where} does not exist: there is no ${path}. It is not used.`);
      }
      return used === undefined ? [] : this.#located(used.key, used.value);
    };
    return this.#faults.attempt(read) ?? [];
  }

  #located(key: ConfigurationKey, filenames: readonly string[]): ConstantsFile[] {
    const address = this.#address(key);
    const where = this.#locate(key);
    const faults = new FaultCollector();
    const files = filenames.map((filename, index) => ({
      path: faults.attempt(() => this.#parameters.resolvePath(filename, address)) ?? "",
      where: `${where}[${index}] = '${filename}'`,
    }));
    faults.throwIfAny();
    return files;
  }

  #missing([named, documented]: readonly [ConfigurationKey, ConfigurationKey]): ConfigurationError {
    // If the configuration file has the group, people will look there.
    const hasGroup = Object.keys(this.#parameters.getParameterGroup(documented)).length > 0;
    const [usual, other] = hasGroup ? [documented, named] : [named, documented];
    return new ConfigurationError(
      "CONFIGURATION_MISSING_KEY",
      `${this.#locate(usual)} (or ${dotted(other, this.#name)}) is missing. Add it, or set ` +
        `${dotted(KEYS.calibration, this.#name)}: false for raw frames.`,
    );
  }

  #address(key: ConfigurationKey): ParameterAddress {
    return addressOf(key, this.#name);
  }

  #locate(key: ConfigurationKey): string {
    return this.#parameters.locate(this.#address(key));
  }
}
