import { join } from "node:path";
import test from "ava";
import { writeHdf5 } from "../../src/constants/hdf5-write.js";
import {
  type ConstantsFile,
  constantsReader,
  type DarkRecord,
  writePsiPedestals,
} from "../../src/constants/index.js";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { CollectedConstants } from "../helpers/calibrators.js";
import {
  constantsFiles,
  flatMap,
  foldersWith,
  RecordedNotes,
  writeGainFile,
} from "../helpers/constants-files.js";

const CREATED = "2026-03-29T01:00:00.000Z";

/** Pedestals of both modules, with noise of 8 ADU in G0 and 9 in HG0, and a bad pixel. */
const folderWithConstants = foldersWith(async (folder) => {
  const map = (value: number) => new Float32Array(JUNGFRAU_1M.pixels).fill(value);
  const samples = new Uint32Array(JUNGFRAU_1M.pixels).fill(1000);
  const mask = new Uint32Array(JUNGFRAU_1M.pixels);
  mask[3] = 1;
  await writePsiPedestals(
    join(folder, "pedestal.h5"),
    (["g0", "g1", "g2", "hg0"] as const).map((stage, index) => ({
      stage,
      mean: map([2500, 13500, 14000, 2400][index] as number),
      rms: map([8, 2, 2, 9][index] as number),
      samples,
    })),
    mask,
    { created: CREATED, exposure_time: 100 },
  );
  for (const name of ["gain_m0.bin", "gain_m1.bin"])
    await writeGainFile(join(folder, name), [40, -1.5, -0.125, 100].map(flatMap));
});

class Collected extends CollectedConstants {
  readonly noise: string[] = [];
  readonly setNoise = (moduleIndex: number, stage: string, map: ArrayLike<number>) =>
    void this.noise.push(`${moduleIndex} ${stage} ${map[0]} ${map.length}`);
}

class Records extends RecordedNotes {
  readonly records: (DarkRecord & { readonly where: string })[] = [];

  recorded(record: DarkRecord, { where }: ConstantsFile): void {
    this.records.push({ ...record, where });
  }
}

test("noise is read in G0 and HG0, and when and how the darks were recorded", async (t) => {
  const folder = await folderWithConstants(t);
  const files = constantsFiles(folder, ["pedestal.h5"], ["gain_m0.bin", "gain_m1.bin"]);
  const [constants, notes] = [new Collected(), new Records()];
  await constantsReader(JUNGFRAU_1M)(files, constants, notes);
  t.deepEqual(constants.noise, ["0 g0 8 524288", "0 hg0 9 524288", "1 g0 8 524288", "1 hg0 9 524288"]);
  const record = { recordedSeconds: Date.parse(CREATED) / 1000, exposureTicks: 100, where: "pedestal.h5" };
  t.deepEqual(notes.records, [record, record]);
});

test("noise of another shape is not used, and the pedestals beside it are", async (t) => {
  const folder = await folderWithConstants(t);
  const gains = new Float32Array(3 * JUNGFRAU_1M.pixels).map(
    (_, i) => [2500, 13500, 14000][Math.floor(i / JUNGFRAU_1M.pixels)] as number,
  );
  await writeHdf5(join(folder, "pedestal.h5"), {
    gains: { data: gains, shape: [3, 1024, 1024] },
    gainsRMS: { data: new Float32Array(12), shape: [3, 2, 2] },
  });
  const files = constantsFiles(folder, ["pedestal.h5"], ["gain_m0.bin", "gain_m1.bin"]);
  const [constants, notes] = [new Collected(), new Records()];
  await constantsReader(JUNGFRAU_1M)(files, constants, notes);
  t.is(constants.pedestals[0], 2500);
  t.deepEqual(constants.noise, []);
  t.regex(
    notes.warnings[0] ?? "",
    /^pedestal\.h5: \/gainsRMS is not used; the noise is measured from the frames: .*\[3, 2, 2\]/,
  );
});
