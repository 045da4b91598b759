import type { ViewImage } from "../../viewer/protocol.js";
import {
  ADC_MASK,
  BAD_PIXEL_REASONS,
  type BadPixelReason,
  GAIN_BITS_SHIFT,
  PIXEL_STATUS,
} from "../../viewer/protocol.js";

/** A pixel's position in the detector frame, as in numpy: row 0 is at the top. */
export interface PixelPlace {
  readonly row: number;
  readonly column: number;
}

/** Reasons why a pixel has no measurement, in words. */
export const REASON_WORDS: Readonly<Record<BadPixelReason, string>> = {
  missing: "missing: not received",
  masked: "masked",
  invalidGainCode: "invalid gain code",
  saturated: "saturated",
  noConstants: "no usable pedestal or gain",
};

const STATUS_WORDS = new Map<number, string>([
  [PIXEL_STATUS.good, "good"],
  [PIXEL_STATUS.gap, "gap: no pixel here"],
  ...BAD_PIXEL_REASONS.map((reason): [number, string] => [PIXEL_STATUS[reason], REASON_WORDS[reason]]),
]);

const STAGES = ["G0", "G1", "invalid gain code", "G2"];

/** Information about one pixel. */
export interface PixelReading extends PixelPlace {
  /** With its unit. A raw word is split into its parts. */
  readonly value: string;
  readonly status: string;
  readonly isGood: boolean;
}

/** Read one pixel of an image; undefined if it is outside the image. */
export function readPixel(
  { header, data, status }: ViewImage,
  { row, column }: PixelPlace,
): PixelReading | undefined {
  const [rows, columns] = header.shape;
  if (row < 0 || row >= rows || column < 0 || column >= columns) return undefined;
  const pixel = row * columns + column;
  const value = data[pixel] as number;
  const code = status[pixel] as number;
  return {
    row,
    column,
    value: header.image === "raw" ? rawWord(value) : `${formatValue(value)} ${header.unit}`,
    status: STATUS_WORDS.get(code) ?? `status ${code}`,
    isGood: code === PIXEL_STATUS.good,
  };
}

function rawWord(word: number): string {
  return `${word} (${STAGES[word >> GAIN_BITS_SHIFT]}, ${word & ADC_MASK} ADU)`;
}

/** A number for people: five digits, whole numbers in full. */
export function formatValue(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Number.isFinite(value) ? String(Number(value.toPrecision(5))) : String(value);
}

/** The position in `row, column`; undefined if the text is not a position in an image of this shape. */
export function parsePlace(
  text: string,
  [rows, columns]: readonly [rows: number, columns: number],
): PixelPlace | undefined {
  const match = /^\s*\[?\s*(\d+)\s*[,;\s]\s*(\d+)\s*\]?\s*$/.exec(text);
  if (match === null) return undefined;
  const [row, column] = [Number(match[1]), Number(match[2])];
  return row < rows && column < columns ? { row, column } : undefined;
}
