import {
  ADC_MASK,
  GAIN_BITS_SHIFT,
  GAIN_CODE_G0,
  GAIN_CODE_G1,
  GAIN_CODE_G2,
  GAIN_CODE_INVALID,
} from "../detector.js";
import { NormalRandom, SeededRandom } from "./random.js";
import type { Scene } from "./scene.js";

/** Noise of a reading in ADU, in G0, G1 and G2. */
export const DARK_NOISE = [8, 2.5, 2.5] as const;
/** Factor for the noise of noisy pixels. */
const NOISY = 5;
/** ADU that a photon of the scene's energy adds in G0. */
const PHOTON_ADU = 500;

const GAIN_CODES = [GAIN_CODE_G0, GAIN_CODE_G1, GAIN_CODE_G2] as const;

/** Kinds of bad pixels in a dark scene. */
export const DARK_FAULTS = [
  "noNoise",
  "oddNoise",
  "oddMean",
  "wrongStage",
  "invalidGainCode",
  "noSamples",
] as const;
export type DarkFault = (typeof DARK_FAULTS)[number];

export interface DarkSceneOptions {
  readonly seed: number;
  /** Share of pixels that are bad, for each kind. */
  readonly faultyShare: number;
  /** Share of pixels that get a photon in each frame. */
  readonly photonShare: number;
}

export const DEFAULT_DARK_SCENE: DarkSceneOptions = { seed: 1, faultyShare: 0.001, photonShare: 0.0005 };

/** Size of the table from which noise is drawn. */
const NOISE_TABLE_SIZE = 2 ** 16;
/** Number of adjacent pixels that use one position of the table. */
const NOISE_RUN = 256;

/** A detector in the dark: noise around its pedestals, with bad pixels, and occasional photons. */
export class DarkScene {
  /** Kind of each bad pixel, by its index in the detector. */
  readonly faults: ReadonlyMap<number, DarkFault>;
  /** ADC values in ADU, [3, rows, 1024], including bad pixels. */
  readonly pedestals: Float32Array;
  readonly #pixels: number;
  readonly #photonShare: number;
  readonly #random: SeededRandom;
  readonly #noise: Float32Array;
  /** Noise of each pixel, as a multiple of {@link DARK_NOISE}. */
  readonly #noiseScale: Float32Array;

  constructor({ constants }: Pick<Scene, "constants">, options: DarkSceneOptions) {
    const random = new SeededRandom(options.seed);
    const normal = new NormalRandom(random);
    this.#random = random;
    this.#photonShare = options.photonShare;
    const noise = new Float32Array(NOISE_TABLE_SIZE + NOISE_RUN).map(() => normal.next());
    const mean = noise.reduce((sum, value) => sum + value, 0) / noise.length;
    this.#noise = noise.map((value) => value - mean); // the table's mean is not exactly 0
    this.pedestals = constants.pedestals.slice();
    this.#pixels = this.pedestals.length / DARK_NOISE.length;
    this.#noiseScale = new Float32Array(this.#pixels).fill(1);
    const faults = new Map<number, DarkFault>();
    const count = Math.round(options.faultyShare * this.#pixels);
    for (const fault of DARK_FAULTS) {
      for (let made = 0; made < count; ) {
        const pixel = Math.floor(random.uniform() * this.#pixels);
        if (faults.has(pixel)) continue;
        faults.set(pixel, fault);
        made += 1;
      }
    }
    this.faults = faults;
    for (const [pixel, fault] of faults) this.#spoil(pixel, fault);
  }

  #spoil(pixel: number, fault: DarkFault): void {
    if (fault === "noNoise") this.#noiseScale[pixel] = 0;
    if (fault === "oddNoise") this.#noiseScale[pixel] = NOISY;
    if (fault !== "oddMean") return;
    for (let stage = 0; stage < DARK_NOISE.length; stage++) {
      const at = stage * this.#pixels + pixel;
      // Towards the middle of the range, so that it can be read in every stage.
      this.pedestals[at] = (this.pedestals[at] as number) + (stage === 0 ? 3000 : -3000);
    }
  }

  /**
   * The next frame: words with gain bits, uint16, [rows, 1024].
   *
   * @param stage    gain stage of all pixels except bad ones
   * @param isLit    whether the shutter is open: then every fourth pixel gets a photon
   */
  frame(stage: 0 | 1 | 2, isLit = false): Uint16Array {
    const pixels = this.#pixels;
    const words = new Uint16Array(pixels);
    const bits = GAIN_CODES[stage] << GAIN_BITS_SHIFT;
    const [noise, scale, sigma] = [this.#noise, this.#noiseScale, DARK_NOISE[stage]];
    const pedestals = this.pedestals.subarray(stage * pixels, (stage + 1) * pixels);
    for (let from = 0; from < pixels; from += NOISE_RUN) {
      const draw = Math.floor(this.#random.uniform() * NOISE_TABLE_SIZE);
      const end = Math.min(from + NOISE_RUN, pixels);
      for (let pixel = from; pixel < end; pixel++) {
        const reading =
          (pedestals[pixel] as number) +
          sigma * (scale[pixel] as number) * (noise[draw + pixel - from] as number);
        words[pixel] = bits | Math.min(Math.max(Math.round(reading), 1), ADC_MASK - 1);
      }
    }
    const lit = isLit ? pixels / 4 : this.#photonShare * pixels;
    for (let photon = 0; photon < lit; photon++) {
      const pixel = Math.floor(this.#random.uniform() * pixels);
      const word = words[pixel] as number;
      const adc = (word & ADC_MASK) + (stage === 0 ? PHOTON_ADU : -PHOTON_ADU / 10);
      words[pixel] = bits | Math.min(Math.max(adc, 1), ADC_MASK - 1);
    }
    for (const [pixel, fault] of this.faults) {
      if (fault === "noSamples") words[pixel] = 0;
      if (fault === "wrongStage" && this.#random.uniform() < 0.3) words[pixel] = otherStage(stage) | 5000;
      if (fault === "invalidGainCode" && this.#random.uniform() < 0.1)
        words[pixel] = (GAIN_CODE_INVALID << GAIN_BITS_SHIFT) | 5000;
    }
    return words;
  }

  /** The bad pixels, one line per fault: `{"noNoise": [pixel, …], …}`. */
  faultsText(): string {
    const lines = DARK_FAULTS.map((fault) => {
      const pixels = [...this.faults].filter(([, of]) => of === fault).map(([pixel]) => pixel);
      return `  ${JSON.stringify(fault)}: ${JSON.stringify(pixels)}`;
    });
    return `{\n${lines.join(",\n")}\n}\n`;
  }
}

/** Words of a stage other than the one that was set. */
function otherStage(stage: 0 | 1 | 2): number {
  return GAIN_CODES[stage === 0 ? 1 : 0] << GAIN_BITS_SHIFT;
}
