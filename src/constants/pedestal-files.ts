import { MODULE_COLUMNS, MODULE_PIXELS, MODULE_ROWS } from "../detector.js";
import { CONSTANTS_STAGES, type ConstantsStage } from "./constants.js";
import { writeHdf5 } from "./hdf5-write.js";
import { PEDESTAL_KINDS } from "./pedestal-kind.js";

/** Pedestals of one gain stage. Arrays are [rows, 1024]. */
export interface PedestalMaps {
  readonly stage: ConstantsStage;
  /** Mean dark ADC values in ADU; 0 where a pixel was never seen. */
  readonly mean: Float32Array;
  /** ADU. */
  readonly rms: Float32Array;
  readonly samples: Uint32Array;
}

/** Attributes of a file, such as its source and time. */
export type FileAttributes = Readonly<Record<string, string | number>>;

/** OM expects the averages of its own tool: int16 words, gain bits included. */
const OM_KIND = PEDESTAL_KINDS.find(({ offsets }) => offsets[2] < 0) as (typeof PEDESTAL_KINDS)[number];

/**
 * Write pedestals as SwissFEL does: `gains` and `gainsRMS`, float32 [3 or 4, rows, 1024] in ADU, and `pixel_mask`, uint32
 * [rows, 1024], 0 for good pixels; and in addition `samples`, uint32. A stage that was not measured is 0.
 *
 * @throws errors of the file system
 */
export async function writePsiPedestals(
  path: string,
  maps: readonly PedestalMaps[],
  mask: Uint32Array,
  attributes: FileAttributes,
): Promise<void> {
  const stages = CONSTANTS_STAGES.filter(
    (stage) => stage !== "hg0" || maps.some((one) => one.stage === stage),
  );
  const rows = mask.length / MODULE_COLUMNS;
  const planes = <T extends Float32Array | Uint32Array>(all: T, of: (one: PedestalMaps) => T) => {
    for (const one of maps) all.set(of(one), stages.indexOf(one.stage) * mask.length);
    return { data: all, shape: [stages.length, rows, MODULE_COLUMNS] };
  };
  const size = stages.length * mask.length;
  await writeHdf5(
    path,
    {
      gains: planes(new Float32Array(size), ({ mean }) => mean),
      gainsRMS: planes(new Float32Array(size), ({ rms }) => rms),
      samples: planes(new Uint32Array(size), ({ samples }) => samples),
      pixel_mask: { data: mask, shape: [rows, MODULE_COLUMNS] },
    },
    attributes,
  );
}

/**
 * Write one module's pedestals as OM's dark tool does: `gain0`, `gain1`, `gain2`, float32 [512, 1024], averages of int16 words
 * with their gain bits; 0 where a pixel was never seen. The format has no place for HG0.
 *
 * @param maps  ADC values in ADU, [512, 1024], of G0, G1 and G2; a stage that was not measured is 0
 * @throws errors of the file system
 */
export async function writeOmPedestals(
  path: string,
  maps: readonly Float32Array[],
  attributes: FileAttributes = {},
): Promise<void> {
  const datasets = maps.map((map, stage) => {
    const offset = OM_KIND.offsets[stage] as number;
    const data = new Float32Array(MODULE_PIXELS);
    for (let pixel = 0; pixel < MODULE_PIXELS; pixel++) {
      const adc = map[pixel] as number;
      if (adc !== 0) data[pixel] = adc + offset;
    }
    return [`gain${stage}`, { data, shape: [MODULE_ROWS, MODULE_COLUMNS] }] as const;
  });
  await writeHdf5(path, Object.fromEntries(datasets), attributes);
}
