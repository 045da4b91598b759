/** A gain stage that has constants of its own; HG0 is G0 in high gain. */
export type ConstantsStage = "g0" | "g1" | "g2" | "hg0";

/** In the order of the maps in files. */
export const CONSTANTS_STAGES: readonly ConstantsStage[] = ["g0", "g1", "g2", "hg0"];

/**
 * Takes constants map by map, one module in one stage at a time: [512, 1024]. Maps are copied, so
 * the caller may reuse its array. A stage that gets no map has no constants.
 */
export interface ConstantsSink {
  /** Pedestals. @param map  mean dark ADC values in ADU, 14 bits; NaN where a pixel has none */
  setPedestals(moduleIndex: number, stage: ConstantsStage, map: ArrayLike<number>): void;
  /** Gains. @param map  ADU/keV, negative in G1 and G2; NaN where a pixel has none */
  setGains(moduleIndex: number, stage: ConstantsStage, map: ArrayLike<number>): void;
  /** Noise in the dark. @param map  rms of a pixel's readings in ADU; not positive where it is unknown */
  readonly setNoise?: (moduleIndex: number, stage: ConstantsStage, map: ArrayLike<number>) => void;
  /** Mask pixels, in addition to those of other masks. @param map  not 0 for pixels to mask */
  addMask(moduleIndex: number, map: ArrayLike<number>): void;
}

/** One constants file: where it is, and where the configuration names it. */
export interface ConstantsFile {
  /** Absolute. */
  readonly path: string;
  /** For messages: `monitor.yaml:12: calibration.dark_filenames[1] = 'dark.h5'`. */
  readonly where: string;
}

/** Files in module order: top module first. A single one holds the whole detector. */
export interface ConstantsFiles {
  readonly dark: readonly ConstantsFile[];
  readonly gain: readonly ConstantsFile[];
  /** Empty if there is no mask. */
  readonly mask: readonly ConstantsFile[];
}

/** When and how the darks of a file were recorded. */
export interface DarkRecord {
  /** Since 1970: the file's attribute `created`, or else when the file was written. */
  readonly recordedSeconds: number;
  /** In 100 ns: the file's attribute `exposure_time`, as `expLength` of the frames' headers; undefined if it has none. */
  readonly exposureTicks: number | undefined;
}

/**
 * Receives a reader's findings for the log, one sentence at a time. A sentence about one file begins with the file's `where`,
 * and is passed with the file.
 */
export interface ConstantsNotes {
  /** A finding. */
  info(note: string, file?: ConstantsFile): void;
  /** Something that is probably unintended. */
  warn(note: string, file?: ConstantsFile): void;
  /** When and how the darks of a file were recorded. */
  recorded?(record: DarkRecord, file: ConstantsFile): void;
}

/**
 * Read constants files.
 *
 * @param to  receives the maps; after a fault, only some of them
 * @throws {CalibrationError} every file's faults together
 */
export type ReadConstants = (
  files: ConstantsFiles,
  to: ConstantsSink,
  notes: ConstantsNotes,
) => Promise<void>;

/** Resolves to a {@link ReadConstants}. A host or test that registers its own replaces the files. */
export const READ_CONSTANTS = Symbol.for("om-jungfrau-zmq/ReadConstants");

/** The smallest normal float32. Smaller numbers lose precision in float32, or become 0. */
const MIN_NORMAL_FLOAT32 = 2 ** -126;

/** Whether a gain in ADU/keV can be divided by in float32: finite, not 0, not denormal. */
export function isUsableGain(gain: number): boolean {
  const single = Math.abs(Math.fround(gain));
  return single >= MIN_NORMAL_FLOAT32 && single < Number.POSITIVE_INFINITY;
}
