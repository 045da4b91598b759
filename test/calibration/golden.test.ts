import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import "../helpers/without-coverage.js";
import test, { type ExecutionContext } from "ava";
import { noBadPixels } from "../../src/calibration/index.js";
import { readConstants } from "../../src/constants/read-constants.js";
import { JUNGFRAU_1M, MODULE_PIXELS } from "../../src/detector.js";
import { GOLDEN_PIXELS, type GoldenPixel, PHOTON_ENERGY_KEV } from "../golden/pixels.js";
import { aCalibrator, CollectedConstants, KERNEL_PATHS } from "../helpers/calibrators.js";
import {
  constantsFiles,
  flatMap,
  RecordedNotes,
  temporaryFolder,
  writeDarkFile,
  writeGainFile,
} from "../helpers/constants-files.js";
import { inPackage } from "../helpers/package-root.js";

const KINDS = [
  { name: "14-bit", column: 1, offsets: [0, 0, 0] },
  { name: "from uint16 words", column: 2, offsets: [0, 16384, 49152] },
  { name: "from int16 words", column: 3, offsets: [0, 16384, -16384] },
] as const;

/** All golden pixels where they can be had: beside a checkout on the machines that test every change. */
const shared = join(process.env.OM_JUNGFRAU_SHARED ?? inPackage("..", "shared"), "golden", "pixels.json");
const sets: [string, readonly GoldenPixel[]][] = [["chosen pixels", GOLDEN_PIXELS]];
if (existsSync(shared)) sets.push(["all pixels", readShared(shared)]);

for (const [set, pixels] of sets) {
  for (const { name, column, offsets } of KINDS) {
    // The same files for all kernels, read once.
    let constants: CollectedConstants | undefined;
    for (const path of KERNEL_PATHS)
      test.serial(`${path}: ${set}, through files of ${name} pedestals`, async (t) => {
        constants ??= await throughFiles(t, pixels, column, offsets);
        const calibrator = await aCalibrator(path, constants, { photonEnergyKeV: PHOTON_ENERGY_KEV });
        if (path === KERNEL_PATHS.at(-1)) constants = undefined; // its memory is large
        calibrator.raw.fill(2500);
        calibrator.raw.set(pixels.map(([word]) => word));
        const { badPixels } = calibrator.calibrate([false, false]);
        const out = calibrator.values;

        const expected = pixels.map((pixel) => expectation(pixel, pixel[column], offsets));
        for (const [i, { value }] of expected.entries()) {
          const got = out[i] as number;
          if (Number.isNaN(value)) t.true(Number.isNaN(got), `pixel ${i} is bad, got ${got}`);
          else
            t.true(
              Math.abs(got - value) <= Math.max(1.2e-7 * Math.abs(value), 1e-6),
              `pixel ${i}: ${got}, not ${value}`,
            );
        }
        const count = (reason: string) => expected.filter((one) => one.reason === reason).length;
        t.deepEqual(badPixels, {
          ...noBadPixels(),
          missing: count("missing"),
          invalidGainCode: count("invalidGainCode"),
          saturated: count("saturated"),
          noConstants: count("noConstants"),
        });
        t.true(
          expected.some(({ reason }) => reason === undefined),
          "some pixel of this set has a value",
        );
      });
  }
}

/** Constants of the pixels, written to files and read again. */
async function throughFiles(
  t: ExecutionContext,
  pixels: readonly GoldenPixel[],
  column: 1 | 2 | 3,
  offsets: readonly number[],
): Promise<CollectedConstants> {
  // The pixels stand at the start of module 0; typical values fill the rest.
  const fill = (values: readonly number[], other: number) => {
    const map = new Float32Array(MODULE_PIXELS).fill(other);
    map.set(values);
    return map;
  };
  const folder = await temporaryFolder(t);
  const typical = [2500, 13500, 14000].map((pedestal, stage) => pedestal + (offsets[stage] as number));
  const dark = ([0, 1, 2] as const).map((stage) =>
    fill(
      pixels.map((pixel) => pixel[column][stage]),
      typical[stage] as number,
    ),
  ) as [Float32Array, Float32Array, Float32Array];
  const gain = ([0, 1, 2] as const).map((stage) => {
    const map = new Float64Array(MODULE_PIXELS).fill([41, -1.44, -0.115][stage] as number);
    map.set(pixels.map((pixel) => pixel[4][stage]));
    return map;
  });
  await writeDarkFile(join(folder, "dark.h5"), dark);
  await writeGainFile(join(folder, "gain.bin"), gain);
  await writeDarkFile(join(folder, "other.h5"), [flatMap(2500), flatMap(13500), flatMap(14000)]);
  await writeGainFile(join(folder, "other.bin"), [flatMap(41), flatMap(-1.44), flatMap(-0.115)]);
  const files = constantsFiles(folder, ["dark.h5", "other.h5"], ["gain.bin", "other.bin"]);
  const constants = new CollectedConstants();
  await readConstants(JUNGFRAU_1M, files, constants, new RecordedNotes());
  return constants;
}

/** The answer for a pixel, from its constants as the file has them. */
function expectation(pixel: GoldenPixel, pedestals: readonly number[], offsets: readonly number[]) {
  const [raw, bare, , , gains, photons] = pixel;
  const stage = { 0: 0, 1: 1, 3: 2 }[raw >> 14];
  const badValue = (reason: string) => ({ value: Number.NaN, reason });
  if (raw === 0xffff) return badValue("missing");
  if (raw === 0xc000) return badValue("saturated");
  if (stage === undefined) return badValue("invalidGainCode");
  const gain = gains[stage] as number;
  const single = Math.abs(Math.fround(gain));
  if (!(single >= 2 ** -126 && single < Number.POSITIVE_INFINITY)) return badValue("noConstants");
  if (pedestals[stage] === 0) return badValue("noConstants"); // never seen in this stage
  if (pedestals === bare) return { value: photons as number, reason: undefined };
  const pedestal = Math.fround((pedestals[stage] as number) - (offsets[stage] as number));
  return { value: Math.fround((raw & 0x3fff) - pedestal) / (gain * PHOTON_ENERGY_KEV), reason: undefined };
}

function readShared(path: string): GoldenPixel[] {
  const spelled: Record<string, number> = {
    nan: Number.NaN,
    inf: Number.POSITIVE_INFINITY,
    "-inf": Number.NEGATIVE_INFINITY,
  };
  const content = JSON.parse(readFileSync(path, "utf8"), (_, value) => spelled[value] ?? value);
  return content.pixels.map((row: unknown[]) => [
    row[3],
    row[4],
    row[5],
    row[6],
    row[7],
    row[8] ?? undefined,
  ]);
}
