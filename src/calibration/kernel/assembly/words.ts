/* Words, and what they may be: eight at a time. */

export const GAIN_BITS = i16x8.splat(<i16>0xc000);
export const CODE_G1 = i16x8.splat(0x4000);
export const CODE_G2 = i16x8.splat(<i16>0xc000);
export const CODE_INVALID = i16x8.splat(<i16>0x8000);
export const ADC_BITS = i16x8.splat(0x3fff);
export const MISSING_WORD = i16x8.splat(-1);
export const SATURATED_WORD = i16x8.splat(<i16>0xc000);
export const G1_LIMIT_WORD = i16x8.splat(0x4000);
