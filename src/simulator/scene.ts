import { TYPICAL_GAINS, TYPICAL_PEDESTALS } from "../constants/index.js";
import {
  ADC_MASK,
  type DetectorLayout,
  GAIN_BITS_SHIFT,
  GAIN_CODE_G0,
  GAIN_CODE_G1,
  GAIN_CODE_G2,
  GAIN_STAGES,
  JUNGFRAU_1M,
} from "../detector.js";
import { NormalRandom, poisson, SeededRandom } from "./random.js";

/** A Bragg spot in one image, described by its brightest pixel. */
export interface Spot {
  readonly row: number;
  readonly column: number;
  /** Photons in that pixel, a whole number. */
  readonly photons: number;
  /** The gain stage to which the pixel switched. */
  readonly stage: 0 | 1 | 2;
}

/** One image of the scene. */
export interface SceneImage {
  /** Words with gain bits, uint16, [rows, columns]. */
  readonly raw: Uint16Array;
  readonly spots: readonly Spot[];
}

/**
 * Pedestals and gains of the whole detector, planar: the value of stage g and pixel i is at g × pixels + i.
 */
export interface SceneConstants {
  /** ADC values in ADU, float32, [3, rows, columns]. */
  readonly pedestals: Float32Array;
  /** ADU/keV, float64, [3, rows, columns]; 0 for dead pixels. */
  readonly gains: Float64Array;
}

/** What a simulated detector sees, and its constants. */
export interface Scene {
  readonly layout: DetectorLayout;
  readonly constants: SceneConstants;
  readonly photonEnergyKeV: number;
  /** Sent one after the other, in a loop. */
  readonly images: readonly SceneImage[];
}

export interface SceneOptions {
  readonly layout: DetectorLayout;
  readonly seed: number;
  readonly imageCount: number;
  readonly photonEnergyKeV: number;
}

export const DEFAULT_SCENE: SceneOptions = {
  layout: JUNGFRAU_1M,
  seed: 1,
  imageCount: 8,
  photonEnergyKeV: 12.4,
};

/** Pedestals in ADU and gains in ADU/keV of G0, G1, G2, their spread over pixels, and read noise in ADU. */
const STAGES = [
  { pedestal: TYPICAL_PEDESTALS.g0, pedestalSpread: 200, gain: TYPICAL_GAINS.g0, gainSpread: 0.8, noise: 3 },
  {
    pedestal: TYPICAL_PEDESTALS.g1,
    pedestalSpread: 150,
    gain: TYPICAL_GAINS.g1,
    gainSpread: 0.03,
    noise: 1.2,
  },
  {
    pedestal: TYPICAL_PEDESTALS.g2,
    pedestalSpread: 150,
    gain: TYPICAL_GAINS.g2,
    gainSpread: 0.003,
    noise: 1.2,
  },
] as const;

/** A pixel leaves G0 above the first ADC value, and G1 below the second. */
const LEAVE_G0_ADC = 13000;
const LEAVE_G1_ADC = 3000;

/** Powder rings around the beam: radii in pixels, and photons per pixel on a ring and everywhere. */
const RING_RADII = [150, 225, 310, 400, 475];
const RING_WIDTH = 4;
/** Beyond this distance, in widths, a ring is invisible. */
const RING_REACH = 5;
const RING_PHOTONS = 0.3;
const BACKGROUND_PHOTONS = 0.02;

const SPOT_SITES = 48;
const LIT_SPOTS = 24;
const SPOT_RADIUS = 6;
const SPOT_WIDTH = 1.1;
/** Photons in the middle of a spot, from faint to so strong that the pixel switches to G2. */
const SPOT_PHOTONS = { min: 8, max: 4000 };

/** Pixels with gain 0 in G0, as calibrations mark dead ones. */
const DEAD_PIXELS = 32;

interface Site {
  readonly row: number;
  readonly column: number;
}

/** Make a scene. The same options give the same scene. */
export function makeScene({ layout, seed, imageCount, photonEnergyKeV }: SceneOptions): Scene {
  const { pixels } = layout;
  const random = new SeededRandom(seed);
  const normal = new NormalRandom(random);
  const sites = spotSites(layout, random);
  const constants = makeConstants(layout, random, normal, sites);
  const rings = ringPhotons(layout);
  const none = new Float64Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel++) none[pixel] = Math.exp(-(rings[pixel] as number));
  const images = Array.from({ length: imageCount }, () => {
    const photons = new Uint16Array(pixels);
    for (let pixel = 0; pixel < pixels; pixel++) {
      photons[pixel] = poisson(rings[pixel] as number, random, normal, none[pixel]);
    }
    const lit = sites.filter(() => random.uniform() < LIT_SPOTS / SPOT_SITES);
    for (const site of lit) addSpot(layout, photons, site, random, normal);
    const raw = readOut(photons, constants, photonEnergyKeV, normal);
    return { raw, spots: lit.map((site) => describeSpot(layout, site, photons, raw)) };
  });
  return { layout, constants, photonEnergyKeV, images };
}

/** The frames of an acquisition of a scene: its images, in a loop. */
export function sceneFrames({ images }: Scene): (frameIndex: number) => SceneImage {
  return (frameIndex) => images[frameIndex % images.length] as SceneImage;
}

function makeConstants(
  { pixels, columns }: DetectorLayout,
  random: SeededRandom,
  normal: NormalRandom,
  sites: readonly Site[],
): SceneConstants {
  const pedestals = new Float32Array(GAIN_STAGES * pixels);
  const gains = new Float64Array(GAIN_STAGES * pixels);
  for (const [stage, { pedestal, pedestalSpread, gain, gainSpread }] of STAGES.entries()) {
    for (let i = stage * pixels; i < (stage + 1) * pixels; i++) {
      pedestals[i] = pedestal + pedestalSpread * normal.next();
      gains[i] = gain + gainSpread * normal.next();
    }
  }
  const spotPixels = new Set(sites.map(({ row, column }) => row * columns + column));
  for (let dead = 0; dead < DEAD_PIXELS; ) {
    const pixel = Math.floor(random.uniform() * pixels);
    if (spotPixels.has(pixel) || gains[pixel] === 0) continue;
    gains[pixel] = 0;
    dead += 1;
  }
  return { pedestals, gains };
}

/** Mean photons per pixel, without the spots. */
function ringPhotons({ rows, columns, pixels }: DetectorLayout): Float32Array {
  const means = new Float32Array(pixels).fill(BACKGROUND_PHOTONS);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const y = Math.floor(pixel / columns) - rows / 2;
    const x = (pixel % columns) - columns / 2;
    const radius = Math.sqrt(x * x + y * y);
    for (const ring of RING_RADII) {
      const widths = (radius - ring) / RING_WIDTH;
      if (Math.abs(widths) > RING_REACH) continue;
      means[pixel] = (means[pixel] as number) + RING_PHOTONS * Math.exp(-(widths ** 2));
    }
  }
  return means;
}

/** Positions of spots on the rings, far enough apart not to overlap. */
function spotSites({ rows, columns }: DetectorLayout, random: SeededRandom): Site[] {
  const sites: Site[] = [];
  while (sites.length < SPOT_SITES) {
    const radius = RING_RADII[Math.floor(random.uniform() * RING_RADII.length)] as number;
    const angle = 2 * Math.PI * random.uniform();
    const row = Math.round(rows / 2 + radius * Math.sin(angle));
    const column = Math.round(columns / 2 + radius * Math.cos(angle));
    const isInside = isWithin(row, rows) && isWithin(column, columns);
    const isFree = sites.every(
      (other) => Math.hypot(row - other.row, column - other.column) > 3 * SPOT_RADIUS,
    );
    if (isInside && isFree) sites.push({ row, column });
  }
  return sites;
}

/** Whether a spot at this row or column is on the detector. */
function isWithin(at: number, size: number): boolean {
  return at >= SPOT_RADIUS && at < size - SPOT_RADIUS;
}

function addSpot(
  { columns }: DetectorLayout,
  photons: Uint16Array,
  { row, column }: Site,
  random: SeededRandom,
  normal: NormalRandom,
): void {
  const { min, max } = SPOT_PHOTONS;
  const brightness = min * (max / min) ** random.uniform();
  for (let y = -SPOT_RADIUS; y <= SPOT_RADIUS; y++) {
    for (let x = -SPOT_RADIUS; x <= SPOT_RADIUS; x++) {
      const mean = brightness * Math.exp(-(x * x + y * y) / (2 * SPOT_WIDTH ** 2));
      const pixel = (row + y) * columns + column + x;
      photons[pixel] = (photons[pixel] as number) + poisson(mean, random, normal);
    }
  }
}

/** The detector's words for photons, with the gain bits of the stage to which each pixel switched. */
function readOut(
  photons: Uint16Array,
  { pedestals, gains }: SceneConstants,
  photonEnergyKeV: number,
  normal: NormalRandom,
): Uint16Array {
  const pixels = photons.length;
  const raw = new Uint16Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const keV = (photons[pixel] as number) * photonEnergyKeV;
    let stage: 0 | 1 | 2 = 0;
    let exact = (pedestals[pixel] as number) + keV * (gains[pixel] as number);
    if (exact > LEAVE_G0_ADC) {
      stage = 1;
      exact = (pedestals[pixels + pixel] as number) + keV * (gains[pixels + pixel] as number);
      if (exact < LEAVE_G1_ADC) {
        stage = 2;
        exact = (pedestals[2 * pixels + pixel] as number) + keV * (gains[2 * pixels + pixel] as number);
      }
    }
    const noisy = Math.round(exact + STAGES[stage].noise * normal.next());
    raw[pixel] = (GAIN_CODES[stage] << GAIN_BITS_SHIFT) | Math.min(Math.max(noisy, 0), ADC_MASK);
  }
  return raw;
}

const GAIN_CODES = [GAIN_CODE_G0, GAIN_CODE_G1, GAIN_CODE_G2] as const;

function describeSpot(
  { columns }: DetectorLayout,
  { row, column }: Site,
  photons: Uint16Array,
  raw: Uint16Array,
): Spot {
  const pixel = row * columns + column;
  const stage = GAIN_CODES.findIndex(
    (code) => code === (raw[pixel] as number) >> GAIN_BITS_SHIFT,
  ) as Spot["stage"];
  return { row, column, photons: photons[pixel] as number, stage };
}
