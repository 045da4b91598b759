/* Where everything is in the kernel's memory. */

export const ROWS: u32 = 1024;
export const COLUMNS: u32 = 1024;
export const PIXELS: usize = ROWS * COLUMNS;
export const BLOCK: u32 = 16;
export const BLOCKS_IN_ROW: u32 = COLUMNS / BLOCK;
/** The blocks of a row as a set, a bit a block. */
export const ALL_BLOCKS: u64 = u64.MAX_VALUE;

// Planes begin 5 cache lines off a page each, so that no two of them share the same sets of a cache.
const STAGGER: usize = 320;
const WORD_PLANE: usize = 2 * PIXELS + STAGGER;
const FLOAT_PLANE: usize = 4 * PIXELS + STAGGER;
const BYTE_PLANE: usize = PIXELS + STAGGER;

/** Words with gain bits, u16. */
export const RAW: usize = 0x10000;
/** Calibrated values, f32, or i32 once they are rounded. */
export const VALUES: usize = RAW + WORD_PLANE;
/** One reason a pixel, u8. */
export const STATUS: usize = VALUES + FLOAT_PLANE;
/** What the status of a pixel in G0 is, u8: with the constants of G0, and with those of HG0. */
export const BASE_STATUS: usize = STATUS + BYTE_PLANE;
export const BASE_STATUS_STRIDE: usize = BYTE_PLANE;
/** ADU, f32, of G0, G1, G2, HG0. */
export const PEDESTALS: usize = BASE_STATUS + 2 * BYTE_PLANE;
export const PEDESTALS_STRIDE: usize = FLOAT_PLANE;
/** Units per ADU, f32, of G0, G1, G2, HG0. */
export const RECIPROCALS: usize = PEDESTALS + 4 * FLOAT_PLANE;
export const RECIPROCALS_STRIDE: usize = FLOAT_PLANE;
/** Blocks of each row whose status may differ from the base status, a bit a block, u64. */
export const CHANGED_BLOCKS: usize = RECIPROCALS + 4 * FLOAT_PLANE;
/** Pixels by status, i32, as differences to the base status; at 0, good pixels in G1 at ADC value 0. */
export const COUNTS: usize = CHANGED_BLOCKS + 8 * ROWS;
/** Blocks that hold any bad pixel: in the base status, with the constants of G0 and of HG0, and in the status. Likewise. */
export const BAD_IN_BASE: usize = COUNTS + 64;
export const BAD_IN_STATUS: usize = BAD_IN_BASE + 2 * 8 * ROWS;
/** Blocks outside G0 that hold, besides it, only G1, or only G2, likewise. */
export const G1_BLOCKS: usize = BAD_IN_STATUS + 8 * ROWS;
export const G2_BLOCKS: usize = G1_BLOCKS + 8 * ROWS;
export const TOUCHED: usize = G2_BLOCKS + 8 * ROWS;
/** Minimum, maximum, sum and count, f64, of what was measured last. */
export const MEASURED: usize = TOUCHED + 64;
/** Good pixels above the threshold, i32, four parts of the number. */
export const ABOVE: usize = MEASURED + 32;
/** For tracking, of G0 and HG0, f32: the pedestals of the files, and how far a sample may be from the pedestal. */
export const FILE_PEDESTALS: usize = MEASURED + 64;
export const WINDOWS: usize = FILE_PEDESTALS + 2 * FLOAT_PLANE;
/** From G0's plane to that of HG0. */
export const TRACKING_STRIDE: usize = FLOAT_PLANE;
/** Of each four pixels that follow each other, the class that they are in, u32: 16 for each class before it. */
export const RING_CLASSES: usize = WINDOWS + 2 * FLOAT_PLANE;
/** Of each class, the sums of its four places, f32, and how many bad pixels there were in each, u8. */
export const RING_SUMS: usize = RING_CLASSES + FLOAT_PLANE / 4;
export const RING_BAD_PIXELS: usize = RING_SUMS + FLOAT_PLANE;
/** Where the memory ends that planes take. */
export const END: usize = RING_BAD_PIXELS + BYTE_PLANE;

/** The first pixel of the first block of a set. */
@inline
export function firstPixel(row: u32, blocks: u64): u32 {
  return row * COLUMNS + <u32>ctz(blocks) * BLOCK;
}
