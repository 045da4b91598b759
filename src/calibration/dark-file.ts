import { GAIN_STAGES, MODULE_COLUMNS, MODULE_PIXELS, MODULE_ROWS } from "../detector.js";
import { CalibrationError } from "../errors.js";
import type { ConstantsFile, ConstantsNotes } from "./constants.js";
import { fileSizeBytes } from "./file-size.js";
import { isGainFileSize } from "./gain-file.js";
import { type Hdf5Dataset, readHdf5 } from "./hdf5.js";
import { adcPedestal, findPedestalOffset, PEDESTAL_KINDS } from "./pedestal-kind.js";

const STAGES = [0, 1, 2] as const;

/**
 * Read the pedestals of one module from a dark file of OM: HDF5 with /gain0, /gain1, /gain2, [512, 1024].
 *
 * @returns ADC values in ADU, float32, [3, 512, 1024]; NaN where a pixel has no pedestal
 * @throws {CalibrationError} CALIBRATION_FILE_NOT_READABLE, _NOT_HDF5, _DATASET_MISSING, _SHAPE, _FILTER,
 *   _UNREADABLE_DATA, _PEDESTAL_KIND, _NO_CONSTANTS
 */
export async function readDarkFile(
  { path, where }: ConstantsFile,
  note: ConstantsNotes,
): Promise<Float32Array> {
  const mend = isGainFileSize(await fileSizeBytes(path, where))
    ? "It has the size of a gain file: are dark and gain files exchanged?"
    : "Copy it again, or name another.";
  return readHdf5(path, where, mend, (dataset) => {
    // All descriptions before any data: a wrong file is refused before its gigabytes are read.
    const maps = STAGES.map((stage) => checkedMap(dataset(`gain${stage}`), `gain${stage}`, where));
    const pedestals = new Float32Array(GAIN_STAGES * MODULE_PIXELS);
    const offsets = STAGES.map((stage) => {
      const map = (maps[stage] as Hdf5Dataset).read();
      return fillPedestals(pedestals, map, stage, where, note);
    });
    note(`${where}: pedestals are ${describeKind(offsets)}`);
    return pedestals;
  });
}

function checkedMap(dataset: Hdf5Dataset | undefined, name: string, where: string): Hdf5Dataset {
  if (dataset === undefined) {
    throw new CalibrationError(
      "CALIBRATION_DATASET_MISSING",
      `${where} has no dataset /${name}. OM's dark files hold /gain0, /gain1 and /gain2.`,
    );
  }
  const [rows, columns] = dataset.shape;
  if (
    dataset.shape.length !== 2 ||
    rows !== MODULE_ROWS ||
    columns !== MODULE_COLUMNS ||
    !dataset.isNumeric
  ) {
    throw new CalibrationError(
      "CALIBRATION_SHAPE",
      `${where}: /${name} is [${dataset.shape.join(", ")}] of type '${dataset.dtype}', a module needs ` +
        `[${MODULE_ROWS}, ${MODULE_COLUMNS}] of little-endian floats or integers of up to 32 bits. Name one file a module.`,
    );
  }
  return dataset;
}

/** @returns the offset that was found, or undefined if no pixel was seen in this stage */
function fillPedestals(
  pedestals: Float32Array,
  map: ArrayLike<number>,
  stage: 0 | 1 | 2,
  where: string,
  note: ConstantsNotes,
): number | undefined {
  const found = findPedestalOffset(map, stage);
  if (found === undefined) {
    throw new CalibrationError(
      "CALIBRATION_PEDESTAL_KIND",
      `${where}: /gain${stage} holds neither ADC values (0 to 16383) nor words with the gain bits of G${stage}, but for ` +
        `example ${map[0]}. Check that its maps are in the order of the gain stages.`,
    );
  }
  if (stage === 0 && found.usablePixels === 0) {
    throw new CalibrationError(
      "CALIBRATION_NO_CONSTANTS",
      `${where}: /gain0 holds no pedestal. Record darks in all gain stages.`,
    );
  }
  if (found.usablePixels < MODULE_PIXELS) {
    note(`${where}: ${MODULE_PIXELS - found.usablePixels} pixels have no pedestal in G${stage}`);
  }
  for (let pixel = 0; pixel < MODULE_PIXELS; pixel++) {
    pedestals[stage * MODULE_PIXELS + pixel] = adcPedestal(map[pixel] as number, found.offset);
  }
  return found.usablePixels === 0 ? undefined : found.offset;
}

function describeKind(offsets: readonly (number | undefined)[]): string {
  const kind = PEDESTAL_KINDS.find((candidate) =>
    candidate.offsets.every((offset, stage) => offsets[stage] === undefined || offset === offsets[stage]),
  );
  return kind?.name ?? `of mixed kinds: offsets ${offsets.join(", ")} ADU in G0, G1, G2`;
}
