import { readSync } from "node:fs";
import { CalibrationError } from "../errors.js";
import { type NumberArray, product } from "./number-array.js";
import { type NumberFormat, numbersFromBytes, sizeBytesOf } from "./number-bytes.js";

/** An array in a file, stored contiguously in C order. */
export interface BinaryLayout {
  readonly firstByte: number;
  readonly shape: readonly number[];
  readonly format: NumberFormat;
}

/** An array in an open file, such as a `.bin` or `.npy`. @param descriptor  of the file */
export function binaryArray(
  descriptor: number,
  where: string,
  { firstByte, shape, format }: BinaryLayout,
): NumberArray {
  const sizeBytes = sizeBytesOf(format.type);
  return {
    where,
    shape,
    read(part) {
      // The rows of a map are contiguous, so position and count are sufficient.
      const first = part.reduce((place, [from], dimension) => place * (shape[dimension] as number) + from, 0);
      const count = product(part.map(([from, to]) => to - from));
      const bytes = Buffer.from(new ArrayBuffer(count * sizeBytes));
      const read = readSync(descriptor, bytes, 0, bytes.length, firstByte + first * sizeBytes);
      if (read < bytes.length) {
        throw new CalibrationError(
          "CALIBRATION_DAMAGED",
          `${where} became shorter while it was read. Copy the file again.`,
        );
      }
      return numbersFromBytes(bytes, format);
    },
  };
}
