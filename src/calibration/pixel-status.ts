/** What a pixel's byte in a status plane says. A pixel has one reason: the first in this order that holds. */
export const PIXEL_STATUS = {
  /** A measured value. */
  good: 0,
  /** 0xFFFF: its packet was lost. */
  missing: 1,
  /** Left out by a mask. */
  masked: 2,
  /** Gain code `10`, which no working chip sends. */
  invalidGainCode: 3,
  /** 0xC000: at the end of G2's range. */
  saturated: 4,
  /** No usable pedestal or gain in the stage that the pixel was in. */
  noConstants: 5,
  /** No pixel at all: a gap between chips or modules. Not counted. */
  gap: 6,
} as const;

/** Why a pixel holds no measurement. */
export type BadPixelReason = Exclude<keyof typeof PIXEL_STATUS, "good" | "gap">;

export const BAD_PIXEL_REASONS: readonly BadPixelReason[] = [
  "missing",
  "masked",
  "invalidGainCode",
  "saturated",
  "noConstants",
];

/** Bad pixels of a frame by reason. */
export type BadPixelCounts = Record<BadPixelReason, number>;

export function noBadPixels(): BadPixelCounts {
  return { missing: 0, masked: 0, invalidGainCode: 0, saturated: 0, noConstants: 0 };
}
