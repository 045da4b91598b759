import { MODULE_PIXELS } from "../detector.js";
import { CalibrationError } from "../errors.js";
import type { ConstantsFile, ConstantsNotes } from "./constants.js";
import { inspectFile, wrongFormat } from "./file-inspection.js";
import { type FindArray, readHdf5 } from "./hdf5.js";
import { pixelsText } from "./missing-pixels.js";
import { type ModuleSelection, moduleMaps } from "./module-maps.js";
import type { NumberArray } from "./number-array.js";

/** Datasets of masks in which 0 is good: PSI's and NeXus'. */
const PIXEL_MASKS = ["pixel_mask", "entry/instrument/detector/pixel_mask"];
/** OM's bad-pixel map, in which 1 is good. */
const BAD_PIXEL_MAP = "data/data";
/** CrystFEL's usual name for a mask. Only CrystFEL's geometry file defines which values are good. */
const CRYSTFEL_MASK = "mask";

const NEEDED =
  "Mask files are HDF5 with /pixel_mask or NeXus' /entry/instrument/detector/pixel_mask (0 is good), or with /data/data (1 is " +
  "good, as in OM).";

/**
 * Read the mask of one module, [512, 1024], or [rows, 1024] for all modules. Where 0 is good, the bits of other values give
 * the reasons why a pixel is bad.
 *
 * @returns 1 for pixels to leave out, [512, 1024]
 * @throws {CalibrationError} CALIBRATION_FORMAT, _VALUES, and those of {@link inspectFile}, {@link readHdf5} and
 *   {@link moduleMaps}
 */
export async function readMaskFile(
  file: ConstantsFile,
  selection: ModuleSelection,
  notes: ConstantsNotes,
): Promise<Uint8Array> {
  const { where } = file;
  const { format } = inspectFile(file);
  if (format === "npy") {
    throw new CalibrationError(
      "CALIBRATION_FORMAT",
      `${where} is a .npy file, which does not say whether 0 or 1 is good. ${conversion("numpy.load(OLD)")}`,
    );
  }
  if (format !== "hdf5") throw wrongFormat(where, format, NEEDED);
  return readHdf5(file, (find) => {
    for (const name of PIXEL_MASKS) {
      const mask = find(name);
      if (mask !== undefined) return readPixelMask(mask, selection, notes);
    }
    const map = find(BAD_PIXEL_MAP);
    if (map !== undefined) return readBadPixelMap(map, selection, notes);
    throw noMask(find, where);
  });
}

function noMask(find: FindArray, where: string): CalibrationError {
  if (find(CRYSTFEL_MASK) === undefined)
    return new CalibrationError("CALIBRATION_FORMAT", `${where} has no mask. ${NEEDED}`);
  return new CalibrationError(
    "CALIBRATION_FORMAT",
    `${where} has a CrystFEL mask, /mask, which does not say whether 0 or 1 is good. ${conversion("h5py.File(OLD)['mask'][()]")}`,
  );
}

/** How to convert an array to a supported mask, in Python. */
function conversion(array: string): string {
  return (
    `If 0 is good, write it as /pixel_mask: h5py.File(NEW, 'w')['pixel_mask'] = ${array}. If 1 is good, write it as ` +
    "/data/data."
  );
}

/** A mask in which 0 is good. @returns 1 for pixels to leave out */
export function readPixelMask(
  array: NumberArray,
  selection: ModuleSelection,
  notes: ConstantsNotes,
): Uint8Array {
  const map = moduleMaps(array, selection).read(0);
  const counts = new Map<number, number>();
  const masked = Uint8Array.from(map, (value, pixel) => {
    if (value === 0) return 0;
    if (!Number.isInteger(value)) {
      throw new CalibrationError(
        "CALIBRATION_VALUES",
        `${array.where} holds ${value} at pixel ${pixel}, but a mask holds whole numbers, 0 for good pixels. Name a mask file.`,
      );
    }
    counts.set(value, (counts.get(value) ?? 0) + 1);
    return 1;
  });
  return noted(masked, array.where, "0 is good", notes, bitsText(counts));
}

/** A mask in which 1 is good and 0 is bad. */
function readBadPixelMap(array: NumberArray, selection: ModuleSelection, notes: ConstantsNotes): Uint8Array {
  const map = moduleMaps(array, selection).read(0);
  const masked = Uint8Array.from(map, (value, pixel) => {
    if (value === 0 || value === 1) return 1 - value;
    throw new CalibrationError(
      "CALIBRATION_VALUES",
      `${array.where} holds ${value} at pixel ${pixel}, but a bad-pixel map holds only 1 (good) and 0 (bad). Name a mask file.`,
    );
  });
  return noted(masked, array.where, "1 is good", notes);
}

function noted(
  masked: Uint8Array,
  where: string,
  meaning: "0 is good" | "1 is good",
  notes: ConstantsNotes,
  byBit = "",
): Uint8Array {
  let count = 0;
  for (const isMasked of masked) count += isMasked;
  if (count === MODULE_PIXELS) {
    throw new CalibrationError(
      "CALIBRATION_VALUES",
      `${where} masks every pixel of the module. Are good and bad inverted?`,
    );
  }
  notes.info(`${where} (${meaning}) masks ${pixelsText(count)}${byBit}`);
  if (count > MODULE_PIXELS / 2)
    notes.warn(`${where} masks ${pixelsText(count)}. Are good and bad inverted?`);
  return masked;
}

/** How many pixels each bit of a mask marks: `, 12 by bit 0, 4 by bit 3`. @param counts  pixels by value */
function bitsText(counts: ReadonlyMap<number, number>): string {
  const pixels = new Array<number>(32).fill(0);
  for (const [value, count] of counts) {
    for (let bit = 0; bit < pixels.length; bit++) {
      if ((value >>> bit) & 1) pixels[bit] = (pixels[bit] as number) + count;
    }
  }
  return pixels.map((count, bit) => (count === 0 ? "" : `, ${count} by bit ${bit}`)).join("");
}
