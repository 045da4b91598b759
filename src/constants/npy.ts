import { readSync } from "node:fs";
import { MODULE_COLUMNS, MODULE_ROWS } from "../detector.js";
import { CalibrationError } from "../errors.js";
import { withRegularFile } from "../files/index.js";
import { type BinaryLayout, binaryArray } from "./binary-array.js";
import type { ConstantsFile } from "./constants.js";
import { type NumberArray, product } from "./number-array.js";
import { type NumberFormat, type NumberType, sizeBytesOf } from "./number-bytes.js";

/** Signature and version. The length of the header follows. */
const PREAMBLE_BYTES = 8;
/** The header of an array of maps has some 128 bytes. */
const MAX_HEADER_BYTES = 65_536;

/**
 * Open a `.npy` file, let `use` read from its array, and close it. LCLS's maps of several modules, [maps, modules, 512, 1024],
 * are passed on as [maps, rows, 1024].
 *
 * @throws {CalibrationError} CALIBRATION_FORMAT, _DAMAGED, and what `use` throws
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function readNpy<T>(
  { path, where }: ConstantsFile,
  sizeBytes: number,
  use: (array: NumberArray) => T,
): T {
  return withRegularFile(path, ({ descriptor }) => {
    const start = Buffer.alloc(Math.min(MAX_HEADER_BYTES, sizeBytes));
    readSync(descriptor, start, 0, start.length, 0);
    const layout = parseHeader(start, where);
    const neededBytes = layout.firstByte + product(layout.shape) * sizeBytesOf(layout.format.type);
    if (sizeBytes < neededBytes) {
      throw new CalibrationError(
        "CALIBRATION_DAMAGED",
        `${where} holds ${sizeBytes} bytes, but its header declares ${neededBytes}. Copy it again.`,
      );
    }
    return use(binaryArray(descriptor, where, { ...layout, shape: withModulesStacked(layout.shape) }));
  });
}

function withModulesStacked(shape: readonly number[]): readonly number[] {
  const [maps, modules, rows, columns] = shape;
  if (shape.length !== 4 || rows !== MODULE_ROWS || columns !== MODULE_COLUMNS) return shape;
  return [maps as number, (modules as number) * rows, columns];
}

function parseHeader(start: Buffer, where: string): BinaryLayout {
  // Version 1 has 2 bytes for the header's length, later ones 4.
  const isLong = (start[6] ?? 0) > 1;
  const headerStart = PREAMBLE_BYTES + (isLong ? 4 : 2);
  const firstByte =
    start.length < headerStart
      ? Number.POSITIVE_INFINITY
      : headerStart + (isLong ? start.readUInt32LE(PREAMBLE_BYTES) : start.readUInt16LE(PREAMBLE_BYTES));
  const header = start.toString("latin1", headerStart, Math.min(firstByte, start.length));
  const shape = /'shape': *\(([\d, ]*)\)/.exec(header)?.[1]?.match(/\d+/g);
  if (firstByte > start.length || shape === undefined) {
    throw new CalibrationError("CALIBRATION_DAMAGED", `${where} has no numpy header. Copy it again.`);
  }
  if (/'fortran_order': *True/.test(header)) {
    throw new CalibrationError(
      "CALIBRATION_FORMAT",
      `${where} is in Fortran order. Save it in C order: numpy.save(NEW, numpy.ascontiguousarray(array)).`,
    );
  }
  return { firstByte, shape: (shape ?? []).map(Number), format: parseType(header, where) };
}

function parseType(header: string, where: string): NumberFormat {
  const descr = /'descr': *('[^']*'|\[.*\])/.exec(header)?.[1] ?? "unknown";
  const [, order, type] = /^'([<>|=])(f[248]|[iu][1248]|b1)'$/.exec(descr) ?? [];
  if (order === undefined) {
    throw new CalibrationError(
      "CALIBRATION_FORMAT",
      `${where} has type ${descr}, but floats or integers are required. Save it again: numpy.save(NEW, array.astype('f4')).`,
    );
  }
  return { type: (type === "b1" ? "u1" : type) as NumberType, isLittleEndian: order !== ">" };
}
