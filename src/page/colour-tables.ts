import { type ColorMap, INTERPOLATORS } from "@h5web/lib";
import { type ColourTable, TABLE_COLOURS } from "./display/colours.ts";

const RGB = /^rgba?\((\d+), (\d+), (\d+)/;

/** The colours of one of H5Web's colour maps, from the lowest value to the highest. */
export function colourTable(name: ColorMap, isInverted: boolean): ColourTable {
  const interpolate = INTERPOLATORS[name];
  const table = new Uint8Array(4 * TABLE_COLOURS);
  for (let i = 0; i < TABLE_COLOURS; i++) {
    const share = i / (TABLE_COLOURS - 1);
    table.set([...channels(interpolate(isInverted ? 1 - share : share)), 255], 4 * i);
  }
  return table;
}

/** Colour maps come as `#rrggbb` or as `rgb(r, g, b)`. */
function channels(colour: string): readonly number[] {
  const match = RGB.exec(colour);
  if (match !== null) return match.slice(1, 4).map(Number);
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
}
