/**
 * Properties of JUNGFRAU modules, and how modules form a detector.
 *
 * @see JUNGFRAU user manual, "Data format", and https://slsdetectorgroup.github.io/devdoc/udpheader.html
 */

/** Rows of one module's sensor; a module is 4 × 2 chips of 256 × 256 pixels of 75 µm. */
export const MODULE_ROWS = 512;
/** Columns of one module's sensor. */
export const MODULE_COLUMNS = 1024;
export const MODULE_PIXELS = MODULE_ROWS * MODULE_COLUMNS;

/** Rows and columns of a chip; pixels at a border between chips are twice as wide, so the gap is 2 pixels wide. */
export const CHIP_ROWS = 256;
export const CHIP_COLUMNS = 256;
export const CHIP_GAP = 2;

/** Width and height of a pixel. */
export const PIXEL_SIZE_MM = 0.075;

/** Planck's constant times the speed of light: photon energy in keV times wavelength in Å. */
export const KEV_ANGSTROM = 12.398_419_843_320_026;

/** Gain stages of a pixel: G0, G1, G2. */
export const GAIN_STAGES = 3;

/** A raw word: bits 15–14 the gain code, bits 13–0 the ADC value in ADU. */
export const BYTES_PER_WORD = 2;
export const GAIN_BITS_SHIFT = 14;
export const ADC_MASK = 0x3fff;

/** Gain codes, bits 15–14 of a word. Working chips never send code 2. */
export const GAIN_CODE_G0 = 0;
export const GAIN_CODE_G1 = 1;
export const GAIN_CODE_INVALID = 2;
export const GAIN_CODE_G2 = 3;

/** The word that the receiver writes for pixels of lost packets. */
export const MISSING_WORD = 0xffff;
/** A G2 pixel at the end of its range: G2 counts down, and can go no lower than ADC value 0. */
export const SATURATED_WORD = 0xc000;

/** One UDP packet carries 4 rows: 8192 bytes. */
export const ROWS_PER_PACKET = 4;

/** The detector's clock ticks at 10 MHz. */
export const SECONDS_PER_TICK = 1e-7;

/** The position of a module in the detector frame. It is as wide as the frame, so its pixels are contiguous. */
export interface ModulePlace {
  readonly moduleIndex: number;
  readonly firstRow: number;
  /** In the order of the frame, row by row. */
  readonly firstPixel: number;
}

/** The arrangement of a detector's modules: stacked without a gap, module 0 on top. */
export interface DetectorLayout {
  /** Name of the detector, for messages: `JUNGFRAU 1M`. */
  readonly name: string;
  readonly modules: number;
  /** Possible numbers of ports: one per module, or two per module with two UDP interfaces. */
  readonly portCounts: readonly [onePerModule: number, twoPerModule: number];
  /** Rows, columns and pixels of the detector frame. */
  readonly rows: number;
  readonly columns: number;
  readonly pixels: number;
  /** Position of each module, by its index. */
  readonly places: readonly ModulePlace[];
}

/** The layout of a detector with this many modules. */
export function layoutOf(name: string, modules: number): DetectorLayout {
  const rows = modules * MODULE_ROWS;
  return {
    name,
    modules,
    portCounts: [modules, 2 * modules],
    rows,
    columns: MODULE_COLUMNS,
    pixels: rows * MODULE_COLUMNS,
    places: Array.from({ length: modules }, (_, moduleIndex) => ({
      moduleIndex,
      firstRow: moduleIndex * MODULE_ROWS,
      firstPixel: moduleIndex * MODULE_PIXELS,
    })),
  };
}

/** The detector that this plugin supports. */
export const JUNGFRAU_1M = layoutOf("JUNGFRAU 1M", 2);
