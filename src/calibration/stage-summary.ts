import { PIXEL_STATUS } from "./pixel-status.js";

/** The constants of a module in one gain stage, as numbers that people can judge. */
export interface StageSummary {
  /** Pixels that lack a pedestal or a gain, but for masked ones. */
  readonly withoutConstants: number;
  readonly masked: number;
  /** ADC value in ADU, of the pixels that have one and are not masked; undefined if there is none. */
  readonly meanPedestal: number | undefined;
  /** ADU/keV, likewise; undefined also where gains are not applied. */
  readonly meanGain: number | undefined;
}

/**
 * @param pedestals    of one module, ADC values in ADU, [512, 1024]; NaN where there is none
 * @param reciprocals  likewise, unit per ADU
 * @param base         what is known of each pixel's status
 * @param keVPerUnit   undefined where gains are not applied
 */
export function stageSummary(
  pedestals: Float32Array,
  reciprocals: Float32Array,
  base: Uint8Array,
  keVPerUnit: number | undefined,
): StageSummary {
  const pedestal = new Mean();
  const gain = new Mean();
  let withoutConstants = 0;
  let masked = 0;
  for (let pixel = 0; pixel < base.length; pixel++) {
    if (base[pixel] === PIXEL_STATUS.masked) {
      masked += 1;
      continue;
    }
    const adc = pedestals[pixel] as number;
    const reciprocal = reciprocals[pixel] as number;
    if (Number.isNaN(adc + reciprocal)) withoutConstants += 1;
    if (!Number.isNaN(adc)) pedestal.add(adc);
    // The reciprocal was rounded to float32; this takes most of it back.
    if (!Number.isNaN(reciprocal) && keVPerUnit !== undefined)
      gain.add(Math.fround(1 / (reciprocal * keVPerUnit)));
  }
  return { withoutConstants, masked, meanPedestal: pedestal.value, meanGain: gain.value };
}

class Mean {
  #sum = 0;
  #count = 0;

  add(value: number): void {
    this.#sum += value;
    this.#count += 1;
  }

  get value(): number | undefined {
    return this.#count === 0 ? undefined : this.#sum / this.#count;
  }
}
