import type { ViewImage } from "../../viewer/protocol.js";
import {
  ADC_MASK,
  BAD_PIXEL_REASONS,
  type BadPixelReason,
  GAIN_BITS_SHIFT,
  PIXEL_STATUS,
} from "../../viewer/protocol.js";

/** A place in the detector frame, as numpy indexes it: row 0 is at the top. */
export interface PixelPlace {
  readonly row: number;
  readonly column: number;
}

/** Why a pixel holds no measurement, in words. */
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

/** What there is to say of one pixel. */
export interface PixelReading extends PixelPlace {
  /** With unit. A raw word is taken apart. */
  readonly value: string;
  readonly status: string;
  readonly isGood: boolean;
}

/** Read one pixel of an image; undefined if the image has none there. */
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

/** A number as a person reads it: five digits, whole numbers in full. */
export function formatValue(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Number.isFinite(value) ? String(Number(value.toPrecision(5))) : String(value);
}

/** The place in `row, column` as a person types it; undefined if that is no place of an image in this shape. */
export function parsePlace(
  text: string,
  [rows, columns]: readonly [rows: number, columns: number],
): PixelPlace | undefined {
  const match = /^\s*\[?\s*(\d+)\s*[,;\s]\s*(\d+)\s*\]?\s*$/.exec(text);
  if (match === null) return undefined;
  const [row, column] = [Number(match[1]), Number(match[2])];
  return row < rows && column < columns ? { row, column } : undefined;
}
