import { PIXEL_STATUS } from "../../viewer/protocol.js";
import { type Domain, type ScaleName, scaleOf } from "./scales.js";
import type { Pixels } from "./value-range.js";

/** Colours from the lowest to the highest value: red, green, blue, alpha each, 0 to 255. */
export type ColourTable = Uint8Array<ArrayBuffer>;

export const TABLE_COLOURS = 256;

export interface Painting {
  readonly table: ColourTable;
  readonly scale: ScaleName;
  readonly domain: Domain;
  /** Red, green, blue of bad pixels. */
  readonly badColour: readonly [red: number, green: number, blue: number];
}

/**
 * The colours of an image as the heat map shows them, one for each pixel; gaps are transparent.
 *
 * @returns red, green, blue, alpha a pixel, in the order of the pixels; owned by the caller
 */
export function paintImage({ data, status }: Pixels, painting: Painting): Uint8ClampedArray<ArrayBuffer> {
  const { table, scale, domain, badColour } = painting;
  const { apply, holds } = scaleOf(scale);
  const lowest = apply(domain[0]);
  const range = apply(domain[1]) - lowest;
  const rgba = new Uint8ClampedArray(data.length * 4);
  for (let i = 0; i < data.length; i++) {
    if (status[i] === PIXEL_STATUS.gap) continue;
    const value = data[i] as number;
    if (status[i] !== PIXEL_STATUS.good || Number.isNaN(value)) {
      rgba.set(badColour, 4 * i);
      rgba[4 * i + 3] = 255;
      continue;
    }
    // A value that the scale has no place for is low, not bad.
    const share = holds(value) ? Math.min(Math.max((apply(value) - lowest) / range, 0), 1) : 0;
    const colour = 4 * Math.min(Math.floor(share * TABLE_COLOURS), TABLE_COLOURS - 1);
    for (let channel = 0; channel < 4; channel++) rgba[4 * i + channel] = table[colour + channel] as number;
  }
  return rgba;
}

/** `#rrggbb` in numbers from 0 to 255. */
export function coloursOf(hex: string): [red: number, green: number, blue: number] {
  const number = Number.parseInt(hex.slice(1), 16);
  return [number >> 16, (number >> 8) & 0xff, number & 0xff];
}
