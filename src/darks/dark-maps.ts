import type { ConstantsStage } from "../constants/index.js";
import { MODULE_PIXELS, type ModulePlace } from "../detector.js";
import { nthSmallest } from "../statistics/index.js";
import type { StageSamples } from "./stage-samples.js";

/** Why a pixel is bad in a stage, in the order of the mask's bits. */
export const BAD_DARK_REASONS = [
  "noSamples",
  "tooFew",
  "wrongStage",
  "invalidGainCode",
  "noNoise",
  "oddNoise",
  "oddMean",
] as const;
export type BadDarkReason = (typeof BAD_DARK_REASONS)[number];

/** Stages in the order of the mask's bits. */
const MASK_STAGES: readonly ConstantsStage[] = ["g0", "g1", "g2", "hg0"];

/** The bit of `pixel_mask` for a reason and a stage. */
export function maskBit(reason: BadDarkReason, stage: ConstantsStage): number {
  return 2 ** (BAD_DARK_REASONS.indexOf(reason) * MASK_STAGES.length + MASK_STAGES.indexOf(stage));
}

/** A pixel has too few samples if it has one in less than this share of the frames. */
const LEAST_SHARE = 0.5;
/** A pixel that deviates by more than this many standard deviations from the module's others is odd. */
const ODD_SIGMAS = 6;
/** Standard deviation of a normal distribution per median absolute deviation. */
const SIGMAS_PER_MAD = 1.4826;

/** Darks of one stage. Arrays are [rows, columns] of the detector. */
export interface DarkMaps {
  readonly stage: ConstantsStage;
  /** Number of counted frames: the smallest of all ports. */
  readonly frames: number;
  /** Mean ADC values in ADU; 0 without samples. */
  readonly mean: Float32Array;
  /** Rms in ADU; 0 without samples. */
  readonly rms: Float32Array;
  readonly samples: Uint32Array;
}

/** The part of the detector of one port: pixels from `start` on. */
export interface PortSamples {
  readonly start: number;
  readonly pixels: number;
  readonly samples: StageSamples;
}

/** @param ports  of one stage; pixels of other ports have no samples */
export function darkMaps(
  stage: ConstantsStage,
  ports: readonly PortSamples[],
  detectorPixels: number,
): DarkMaps {
  const mean = new Float32Array(detectorPixels);
  const rms = new Float32Array(detectorPixels);
  const samples = new Uint32Array(detectorPixels);
  for (const { start, pixels, samples: of } of ports) {
    for (let i = 0; i < pixels; i++) {
      const pixel = of.pixel(i);
      samples[start + i] = pixel.samples;
      if (pixel.samples === 0) continue;
      mean[start + i] = pixel.mean;
      rms[start + i] = pixel.rms;
    }
  }
  return { stage, frames: Math.min(...ports.map(({ samples: of }) => of.frames)), mean, rms, samples };
}

/**
 * Mark the bad pixels of a stage.
 *
 * @param mask        the bits are set here; [rows, columns] of the detector
 * @param wrongLimit  share of a pixel's frames that may be in another stage
 * @param modules     a pixel is compared with its module's others
 */
export function markBadPixels(
  mask: Uint32Array,
  { stage, mean, rms, samples }: DarkMaps,
  ports: readonly PortSamples[],
  modules: readonly ModulePlace[],
  wrongLimit: number,
): void {
  const mark = (pixel: number, reason: BadDarkReason) => {
    mask[pixel] = ((mask[pixel] as number) | maskBit(reason, stage)) >>> 0;
  };
  for (const { start, pixels, samples: of } of ports) {
    const { wrongStage, invalidCode } = of.leftOut;
    for (let i = 0; i < pixels; i++) {
      const count = samples[start + i] as number;
      if (count > 0 && count < LEAST_SHARE * of.frames) mark(start + i, "tooFew");
      if ((wrongStage[i] as number) > wrongLimit * of.frames) mark(start + i, "wrongStage");
      if (invalidCode[i] !== 0) mark(start + i, "invalidGainCode");
      if (count > 1 && rms[start + i] === 0) mark(start + i, "noNoise");
    }
  }
  for (const { firstPixel: start } of modules) {
    const end = start + MODULE_PIXELS;
    for (let pixel = start; pixel < end; pixel++) if (samples[pixel] === 0) mark(pixel, "noSamples");
    for (const [values, reason] of [
      [rms, "oddNoise"],
      [mean, "oddMean"],
    ] as const) {
      const usual = usualRange(values.subarray(start, end), samples.subarray(start, end));
      for (let pixel = start; pixel < end; pixel++) {
        const value = values[pixel] as number;
        if (samples[pixel] !== 0 && (value < usual.min || value > usual.max)) mark(pixel, reason);
      }
    }
  }
}

/**
 * The range of a module's values, from their median and median absolute deviation, so that bad pixels do not widen
 * it.
 */
function usualRange(values: Float32Array, samples: Uint32Array): { min: number; max: number } {
  const seen = new Float32Array(values.length);
  let count = 0;
  for (let pixel = 0; pixel < values.length; pixel++) {
    if (samples[pixel] !== 0) seen[count++] = values[pixel] as number;
  }
  const away = seen.subarray(0, count);
  const middle = (count - 1) >> 1;
  const median = nthSmallest(away, middle) ?? 0;
  for (let i = 0; i < count; i++) away[i] = Math.abs((away[i] as number) - median);
  const reach = ODD_SIGMAS * SIGMAS_PER_MAD * (nthSmallest(away, middle) ?? 0);
  return { min: median - reach, max: median + reach };
}
