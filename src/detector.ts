/**
 * Facts of the JUNGFRAU 1M.
 *
 * @see JUNGFRAU user manual, "Data format", and https://slsdetectorgroup.github.io/devdoc/udpheader.html
 */

/** Rows of one module's sensor; a module is 4 × 2 chips of 256 × 256 pixels of 75 µm. */
export const MODULE_ROWS = 512;
/** Columns of one module's sensor. */
export const MODULE_COLUMNS = 1024;
export const MODULE_PIXELS = MODULE_ROWS * MODULE_COLUMNS;

/** Rows and columns of a chip; pixels at a border between chips are twice as wide, so 2 pixels' room lies between. */
export const CHIP_ROWS = 256;
export const CHIP_COLUMNS = 256;
export const CHIP_GAP = 2;

export const MODULE_COUNT = 2;

/** Ports that a detector sends by: one a module, or two when each has two UDP interfaces. */
export const PORT_COUNTS: readonly number[] = [MODULE_COUNT, 2 * MODULE_COUNT];

/** Rows of the detector frame: the modules stacked without a gap, module 0 on top. */
export const DETECTOR_ROWS = MODULE_COUNT * MODULE_ROWS;
export const DETECTOR_COLUMNS = MODULE_COLUMNS;
export const DETECTOR_PIXELS = DETECTOR_ROWS * DETECTOR_COLUMNS;

/** Gain stages of a pixel: G0, G1, G2. */
export const GAIN_STAGES = 3;

/** A raw word: bits 15–14 the gain code, bits 13–0 the ADC value in ADU. */
export const BYTES_PER_WORD = 2;
export const GAIN_BITS_SHIFT = 14;
export const ADC_MASK = 0x3fff;

/** Gain codes as they stand in bits 15–14. Code 2 does not occur in working chips. */
export const GAIN_CODE_G0 = 0;
export const GAIN_CODE_G1 = 1;
export const GAIN_CODE_INVALID = 2;
export const GAIN_CODE_G2 = 3;

/** What the receiver writes where a packet was lost. */
export const MISSING_WORD = 0xffff;
/** A G2 pixel at the end of its range: G2 counts down, and can go no lower than ADC value 0. */
export const SATURATED_WORD = 0xc000;

/** One UDP packet carries 4 rows: 8192 bytes. */
export const ROWS_PER_PACKET = 4;

/** The detector's clock ticks at 10 MHz. */
export const SECONDS_PER_TICK = 1e-7;
