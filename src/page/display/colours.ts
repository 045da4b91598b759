import type { Domain, ScaleName } from "./scales.js";

/** Colours from the lowest to the highest value: red, green, blue, alpha of each, 0 to 255. */
export type ColourTable = Uint8Array<ArrayBuffer>;

export const TABLE_COLOURS = 256;

export interface Painting {
  readonly table: ColourTable;
  readonly scale: ScaleName;
  readonly domain: Domain;
  /** Red, green, blue of bad pixels. */
  readonly badColour: readonly [red: number, green: number, blue: number];
}

/** `#rrggbb` as numbers from 0 to 255. */
export function coloursOf(hex: string): [red: number, green: number, blue: number] {
  const number = Number.parseInt(hex.slice(1), 16);
  return [number >> 16, (number >> 8) & 0xff, number & 0xff];
}
