import { PIXEL_STATUS } from "../../calibration/index.js";
import { KEV_ANGSTROM, MISSING_WORD, PIXEL_SIZE_MM } from "../../detector.js";
import type { DetectorFrame } from "../detector-frame/frame.js";

/** How rings are counted: in pixels; or in 1/Å, for which the experiment has to be known. */
export interface RingScale {
  /** In pixels; the centre of the first pixel is [0, 0]. */
  readonly beamCentre: readonly [row: number, column: number];
  readonly bins: number;
  readonly experiment: { readonly distanceMm: number; readonly photonEnergyKeV: number } | undefined;
}

/** What each ring comes to, from the innermost on. */
export interface RingMeans {
  /** NaN of rings without good pixels. */
  readonly mean: Float64Array;
  readonly goodPixels: Uint32Array;
}

// Here, because compiled code looks at another module's constant anew for each pixel.
const GOOD: number = PIXEL_STATUS.good;
const MISSING: number = MISSING_WORD;
/** Four sums of each ring: neighbours are in one ring mostly, and a sum is not waited for when each has another. */
const SUMS = 4;

/** Rings of equal width around a point, from 0 to the pixel of a frame that is furthest from it. */
export class Rings {
  readonly shape: readonly [rows: number, columns: number];
  /** The middle of each ring, in pixels or 1/Å. */
  readonly centres: Float64Array;
  /** Which ring a pixel is in, in the shape of the frame. */
  readonly #rings: Uint16Array;
  readonly #pixels: Uint32Array;

  constructor(shape: readonly [rows: number, columns: number], scale: RingScale) {
    const [rows, columns] = shape;
    const { beamCentre, bins } = scale;
    const at = (row: number, column: number) =>
      onScale(Math.hypot(row - beamCentre[0], column - beamCentre[1]), scale);
    const corners = [0, rows - 1].flatMap((row) => [at(row, 0), at(row, columns - 1)]);
    const width = Math.max(...corners) / bins;
    this.shape = shape;
    this.centres = new Float64Array(bins).map((_, ring) => (ring + 0.5) * width);
    this.#rings = new Uint16Array(rows * columns);
    this.#pixels = new Uint32Array(bins);
    for (let pixel = 0, row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, pixel++) {
        const ring = Math.min(Math.floor(at(row, column) / width), bins - 1);
        this.#rings[pixel] = ring;
        this.#pixels[ring] = (this.#pixels[ring] as number) + 1;
      }
    }
  }

  /** The mean of each ring of a frame of this shape; of raw words, all but 0xFFFF. */
  measure(frame: DetectorFrame): RingMeans {
    const sums = new Float64Array(SUMS * this.#pixels.length);
    const goodPixels = this.#pixels.slice();
    const [rows, columns] = frame.shape;
    const whole = columns - (columns % SUMS);
    for (let row = 0; row < rows; row++) {
      const start = row * columns;
      if (frame.dtype !== "uint16") this.#addFours(sums, goodPixels, frame, start, start + whole);
      this.#addOneByOne(
        sums,
        goodPixels,
        frame,
        frame.dtype === "uint16" ? start : start + whole,
        start + columns,
      );
    }
    const mean = new Float64Array(goodPixels.length).map((_, ring) => {
      const [a, b, c, d] = sums.subarray(SUMS * ring, SUMS * ring + SUMS) as Iterable<number> as number[];
      return (Number(a) + Number(b) + Number(c) + Number(d)) / (goodPixels[ring] as number);
    });
    return { mean, goodPixels };
  }

  #addFours(
    sums: Float64Array,
    goodPixels: Uint32Array,
    frame: Exclude<DetectorFrame, { dtype: "uint16" }>,
    start: number,
    end: number,
  ): void {
    const { data, status } = frame;
    const rings = this.#rings;
    for (let a = start; a < end; a += SUMS) {
      const [b, c, d] = [a + 1, a + 2, a + 3];
      const bad =
        (status[a] as number) | (status[b] as number) | (status[c] as number) | (status[d] as number);
      if (bad !== GOOD) {
        this.#addOneByOne(sums, goodPixels, frame, a, a + SUMS);
        continue;
      }
      const atA = SUMS * (rings[a] as number);
      const atB = SUMS * (rings[b] as number) + 1;
      const atC = SUMS * (rings[c] as number) + 2;
      const atD = SUMS * (rings[d] as number) + 3;
      sums[atA] = (sums[atA] as number) + (data[a] as number);
      sums[atB] = (sums[atB] as number) + (data[b] as number);
      sums[atC] = (sums[atC] as number) + (data[c] as number);
      sums[atD] = (sums[atD] as number) + (data[d] as number);
    }
  }

  #addOneByOne(
    sums: Float64Array,
    goodPixels: Uint32Array,
    { data, status, dtype }: DetectorFrame,
    start: number,
    end: number,
  ): void {
    const missing = dtype === "uint16" ? MISSING : Number.NaN;
    for (let pixel = start; pixel < end; pixel++) {
      const ring = this.#rings[pixel] as number;
      const value = data[pixel] as number;
      if ((status !== undefined && status[pixel] !== GOOD) || value === missing) {
        goodPixels[ring] = (goodPixels[ring] as number) - 1;
        continue;
      }
      const at = SUMS * ring + (pixel % SUMS);
      sums[at] = (sums[at] as number) + value;
    }
  }
}

/** A radius in pixels, or as q = 4π sin(θ) / λ in 1/Å, where 2θ is the angle at which it is seen from the sample. */
function onScale(radiusPixels: number, { experiment }: RingScale): number {
  if (experiment === undefined) return radiusPixels;
  const { distanceMm, photonEnergyKeV } = experiment;
  const twoTheta = Math.atan2(radiusPixels * PIXEL_SIZE_MM, distanceMm);
  return (4 * Math.PI * Math.sin(twoTheta / 2) * photonEnergyKeV) / KEV_ANGSTROM;
}
