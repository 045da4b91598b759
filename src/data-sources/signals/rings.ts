import { RingMap } from "../../calibration/index.js";
import { KEV_ANGSTROM, PIXEL_SIZE_MM } from "../../detector.js";
import type { DetectorFrame } from "../detector-frame/frame.js";

/** Unit of the rings: pixels; or 1/Å, which requires the experiment. */
export interface RingScale {
  /** In pixels; the centre of the first pixel is [0, 0]. */
  readonly beamCentre: readonly [row: number, column: number];
  readonly bins: number;
  readonly experiment: { readonly distanceMm: number; readonly photonEnergyKeV: number } | undefined;
}

/** Results for each ring, from the innermost on. */
export interface RingMeans {
  /** NaN for rings without good pixels. */
  readonly mean: Float64Array;
  readonly goodPixels: Uint32Array;
}

/** Rings of equal width around a point, from 0 to the frame's furthest pixel from it. */
export class Rings {
  readonly shape: readonly [rows: number, columns: number];
  /** The middle of each ring, in pixels or 1/Å. */
  readonly centres: Float64Array;
  readonly #map: RingMap;

  constructor(shape: readonly [rows: number, columns: number], scale: RingScale) {
    const [rows, columns] = shape;
    const { beamCentre, bins } = scale;
    const at = (row: number, column: number) =>
      onScale(Math.hypot(row - beamCentre[0], column - beamCentre[1]), scale);
    const corners = [0, rows - 1].flatMap((row) => [at(row, 0), at(row, columns - 1)]);
    const width = Math.max(...corners) / bins;
    this.shape = shape;
    this.centres = new Float64Array(bins).map((_, ring) => (ring + 0.5) * width);
    const ringOf = new Uint16Array(rows * columns);
    for (let pixel = 0, row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, pixel++) {
        ringOf[pixel] = Math.min(Math.floor(at(row, column) / width), bins - 1);
      }
    }
    this.#map = new RingMap(ringOf, bins);
  }

  /** The mean of each ring of a frame of this shape; of raw words, all except 0xFFFF. */
  measure(frame: DetectorFrame): RingMeans {
    const { sums, goodPixels } = frame.measureRings(this.#map);
    return { mean: sums.map((sum, ring) => sum / (goodPixels[ring] as number)), goodPixels };
  }
}

/** A radius in pixels, or as q = 4π sin(θ) / λ in 1/Å, where 2θ is its scattering angle. */
function onScale(radiusPixels: number, { experiment }: RingScale): number {
  if (experiment === undefined) return radiusPixels;
  const { distanceMm, photonEnergyKeV } = experiment;
  const twoTheta = Math.atan2(radiusPixels * PIXEL_SIZE_MM, distanceMm);
  return (4 * Math.PI * Math.sin(twoTheta / 2) * photonEnergyKeV) / KEV_ANGSTROM;
}
