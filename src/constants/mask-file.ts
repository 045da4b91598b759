import { MODULE_PIXELS } from "../detector.js";
import { CalibrationError } from "../errors.js";
import type { ConstantsFile, ConstantsNotes } from "./constants.js";
import { inspectFile } from "./file-inspection.js";
import { type Hdf5Dataset, readHdf5 } from "./hdf5.js";
import { pixelsText } from "./missing-pixels.js";
import { type ModuleSelection, moduleMaps } from "./module-maps.js";

/**
 * Read the mask of one module: /pixel_mask, as in NeXus and in PSI's files (0 is good, the bits of other values say why
 * not), or /data/data, as OM's bad-pixel map (1 is good, 0 is bad). [512, 1024], or [rows, 1024] for all modules.
 *
 * @returns 1 for pixels to leave out, [512, 1024]
 * @throws {CalibrationError} CALIBRATION_DATASET_MISSING, _MASK_VALUES, _ALL_MASKED, and those of {@link inspectFile},
 *   {@link readHdf5} and {@link moduleMaps}
 */
export async function readMaskFile(
  file: ConstantsFile,
  selection: ModuleSelection,
  notes: ConstantsNotes,
): Promise<Uint8Array> {
  const kind = await inspectFile(file);
  return readHdf5(file, kind, "Masks are HDF5 files with /pixel_mask or /data/data.", (find) => {
    const pixelMask = find("pixel_mask");
    const dataset = pixelMask ?? find("data/data");
    if (dataset === undefined) {
      throw new CalibrationError(
        "CALIBRATION_DATASET_MISSING",
        `${file.where} has neither /pixel_mask (0 is good) nor /data/data (1 is good, as in OM). Name a mask file.`,
      );
    }
    return pixelMask === undefined
      ? readBadPixelMap(dataset, selection, notes)
      : readPixelMask(dataset, selection, notes);
  });
}

/** A mask in which 0 is good. @returns 1 for pixels to leave out */
export function readPixelMask(
  dataset: Hdf5Dataset,
  selection: ModuleSelection,
  notes: ConstantsNotes,
): Uint8Array {
  const map = moduleMaps(dataset, selection).read(0);
  const counts = new Map<number, number>();
  const masked = Uint8Array.from(map, (value, pixel) => {
    if (value === 0) return 0;
    if (!Number.isInteger(value)) {
      throw new CalibrationError(
        "CALIBRATION_MASK_VALUES",
        `${dataset.where} holds ${value} at pixel ${pixel}, a mask holds whole numbers, 0 for good. Name a mask file.`,
      );
    }
    counts.set(value, (counts.get(value) ?? 0) + 1);
    return 1;
  });
  return noted(
    masked,
    `${dataset.where}, a mask in which 0 is good${bitsText(counts)}`,
    dataset.where,
    notes,
  );
}

/** A mask in which 1 is good and 0 is bad. */
function readBadPixelMap(
  dataset: Hdf5Dataset,
  selection: ModuleSelection,
  notes: ConstantsNotes,
): Uint8Array {
  const map = moduleMaps(dataset, selection).read(0);
  const masked = Uint8Array.from(map, (value, pixel) => {
    if (value === 0 || value === 1) return 1 - value;
    throw new CalibrationError(
      "CALIBRATION_MASK_VALUES",
      `${dataset.where} holds ${value} at pixel ${pixel}, a bad-pixel map holds 1 (good) and 0 (bad). Name a mask file.`,
    );
  });
  return noted(masked, `${dataset.where}, a bad-pixel map in which 1 is good`, dataset.where, notes);
}

function noted(masked: Uint8Array, what: string, where: string, notes: ConstantsNotes): Uint8Array {
  let count = 0;
  for (const isMasked of masked) count += isMasked;
  if (count === MODULE_PIXELS) {
    throw new CalibrationError(
      "CALIBRATION_ALL_MASKED",
      `${where} leaves out every pixel of the module. Is good where bad should be?`,
    );
  }
  notes.info(`${what}: leaves out ${pixelsText(count)}`);
  if (count > MODULE_PIXELS / 2)
    notes.warn(`${where} leaves out ${pixelsText(count)}. Is good where bad should be?`);
  return masked;
}

/** How many pixels each bit of a mask marks: `, bit 0: 12, bit 3: 4`. @param counts  pixels by value */
function bitsText(counts: ReadonlyMap<number, number>): string {
  const pixels = new Array<number>(32).fill(0);
  for (const [value, count] of counts) {
    for (let bit = 0; bit < pixels.length; bit++) {
      if ((value >>> bit) & 1) pixels[bit] = (pixels[bit] as number) + count;
    }
  }
  return pixels.map((count, bit) => (count === 0 ? "" : `, bit ${bit}: ${count}`)).join("");
}
