import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test from "ava";
import { writeHdf5 } from "../../src/constants/hdf5-write.js";
import { type ConstantsFiles, constantsReader, type ReadConstants } from "../../src/constants/index.js";
import { readConstants } from "../../src/constants/read-constants.js";
import { JUNGFRAU_1M, MODULE_PIXELS } from "../../src/detector.js";
import { CollectedConstants } from "../helpers/calibrators.js";
import {
  constantsFiles,
  flatMap,
  foldersWithConstants,
  GAINS,
  PEDESTALS,
  RecordedNotes,
  writeBadPixelMap,
  writeDarkFile,
  writeGainFile,
} from "../helpers/constants-files.js";

/** @param reader  without a thread by default, because starting a thread takes longer than reading */
async function read(
  files: ConstantsFiles,
  notes = new RecordedNotes(),
  reader: ReadConstants = (...args) => readConstants(JUNGFRAU_1M, ...args),
): Promise<CollectedConstants> {
  const constants = new CollectedConstants();
  await reader(files, constants, notes);
  return constants;
}

const goodFolder = foldersWithConstants("dark.h5", "other.h5");

test("puts each module's maps in their place", async (t) => {
  const folder = await goodFolder(t);
  await writeGainFile(join(folder, "gain1.bin"), [
    ...GAINS.map((map) => map.map((gain) => 2 * gain)),
    flatMap(80),
  ]);
  const notes = new RecordedNotes();
  const { pedestals, gains } = await read(
    constantsFiles(folder, ["dark.h5", "other.h5"], ["gain.bin", "gain1.bin"]),
    notes,
    constantsReader(JUNGFRAU_1M),
  );
  const at = (stage: number, module: number) => stage * JUNGFRAU_1M.pixels + module * MODULE_PIXELS + 7;
  t.deepEqual([pedestals[at(0, 0)], pedestals[at(1, 0)], pedestals[at(2, 0)]], [2500, 13500, 14000]);
  t.deepEqual([pedestals[at(0, 1)], pedestals[at(1, 1)], pedestals[at(2, 1)]], [2600, 13600, 14100]);
  t.deepEqual([gains[at(0, 0)], gains[at(1, 0)], gains[at(2, 0)]], [40, -1.5, -0.125]);
  t.deepEqual([gains[at(0, 1)], gains[at(1, 1)], gains[at(2, 1)]], [80, -3, -0.25]);
  t.deepEqual(notes.notes, [
    "dark.h5: OM dark file, ADC values (14 bits)",
    "other.h5: OM dark file, ADC values (14 bits)",
    "gain.bin: PSI gains, 3 maps",
    "gain1.bin: PSI gains, 4 maps",
  ]);
});

test("says which kind of pedestals was found, and how many pixels have none", async (t) => {
  const folder = await goodFolder(t);
  const g2 = flatMap(14000 - 16384);
  g2.fill(0, 0, 5);
  await writeDarkFile(join(folder, "int16.h5"), [flatMap(2500), flatMap(13500 + 16384), g2]);
  await writeDarkFile(join(folder, "uint16.h5"), [
    flatMap(2500),
    flatMap(13500 + 16384),
    flatMap(14000 + 49152),
  ]);
  const notes = new RecordedNotes();
  const { pedestals } = await read(
    constantsFiles(folder, ["int16.h5", "uint16.h5"], ["gain.bin", "gain.bin"]),
    notes,
  );
  t.deepEqual(notes.notes, [
    "int16.h5: /gain2: no pedestal in G2 for 5 pixels (0.000954 %)",
    "int16.h5: OM dark file, averages of int16 words with gain bits",
    "uint16.h5: OM dark file, averages of uint16 words with gain bits",
    "gain.bin: PSI gains, 3 maps",
    "gain.bin: PSI gains, 3 maps",
  ]);
  t.is(pedestals[2 * JUNGFRAU_1M.pixels + 5], 14000);
  t.is(pedestals[2 * JUNGFRAU_1M.pixels + MODULE_PIXELS], 14000);
  t.is(pedestals[2 * JUNGFRAU_1M.pixels], Number.NaN);
});

test("unusable gains are told of, and left to whoever uses them", async (t) => {
  const folder = await goodFolder(t);
  const g0 = Float64Array.from(flatMap(40));
  g0.set([0, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-310, 1e-40, 1e39]);
  await writeGainFile(join(folder, "odd.bin"), [g0, GAINS[1], GAINS[2]]);
  const notes = new RecordedNotes();
  const { gains } = await read(
    constantsFiles(folder, ["dark.h5", "other.h5"], ["odd.bin", "gain.bin"]),
    notes,
  );
  t.true(notes.notes.includes("odd.bin: no usable gain in G0 for 7 pixels (0.00134 %)"));
  t.deepEqual([gains[6], gains[7], gains[JUNGFRAU_1M.pixels]], [1e39, 40, -1.5]);
});

for (const [type, scale] of [
  [Float64Array, 1],
  [Uint16Array, 1],
  [Int16Array, 1],
] as const) {
  test(`reads dark files of ${type.name}`, async (t) => {
    const folder = await goodFolder(t);
    const map = (value: number) => new type(MODULE_PIXELS).fill(scale * value);
    await writeDarkFile(join(folder, "typed.h5"), [map(2500), map(13500), map(14000)]);
    const files = constantsFiles(folder, ["typed.h5", "dark.h5"], ["gain.bin", "gain.bin"]);
    const { pedestals } = await read(files);
    t.deepEqual(
      [pedestals[0], pedestals[JUNGFRAU_1M.pixels], pedestals[2 * JUNGFRAU_1M.pixels]],
      [2500, 13500, 14000],
    );
  });
}

test("reads compressed dark files", async (t) => {
  const folder = await goodFolder(t);
  const maps = Object.fromEntries(
    PEDESTALS.map((data, stage) => [`gain${stage}`, { data, shape: [512, 1024], gzip: 4 }]),
  );
  await writeHdf5(join(folder, "packed.h5"), maps);
  const files = constantsFiles(folder, ["dark.h5", "packed.h5"], ["gain.bin", "gain.bin"]);
  const { pedestals } = await read(files);
  t.is(pedestals[2 * JUNGFRAU_1M.pixels + MODULE_PIXELS], 14000);
});

/** Whole maps of values that differ from pixel to pixel. */
function slope(value: number, rows = 512): Float32Array {
  return new Float32Array(rows * 1024).map((_, pixel) => value + (pixel % 7));
}

/** Maps one after the other, as /gains holds them. */
function stack(maps: readonly ArrayLike<number>[]): Float64Array {
  const length = maps[0]?.length ?? 0;
  const all = new Float64Array(maps.length * length);
  for (const [index, map] of maps.entries()) all.set(map, index * length);
  return all;
}

/** PSI's file of pedestals: what jungfrau_utils writes, /gain0 … and all. */
async function writePsiPedestals(
  path: string,
  maps: readonly Float32Array[],
  mask: BigInt64Array,
  rows = 512,
): Promise<void> {
  const single = Object.fromEntries(
    maps.map((data, index) => [
      `gain${index}`,
      { data: data.map((value) => value + 1), shape: [rows, 1024] },
    ]),
  );
  await writeHdf5(path, {
    ...single,
    gains: { data: stack(maps), shape: [maps.length, rows, 1024], gzip: 1 },
    pixel_mask: { data: mask, shape: [rows, 1024] },
  });
}

test("reads PSI's pedestals with their mask, and high gain where both files have it", async (t) => {
  const folder = await goodFolder(t);
  const mask = new BigInt64Array(MODULE_PIXELS);
  mask[3] = 1n;
  mask[4] = 0b1001n;
  await writePsiPedestals(
    join(folder, "psi.h5"),
    [slope(2500), slope(13500), slope(14000), slope(2700)],
    mask,
  );
  await writePsiPedestals(
    join(folder, "psi3.h5"),
    [slope(2501), slope(13501), slope(14001), slope(0).fill(0)],
    new BigInt64Array(MODULE_PIXELS),
  );
  await writeGainFile(join(folder, "gain4.bin"), [...GAINS, flatMap(90)]);
  const notes = new RecordedNotes();
  const { pedestals, highGain, masked } = await read(
    constantsFiles(folder, ["psi.h5", "psi3.h5"], ["gain4.bin", "gain4.bin"]),
    notes,
  );
  const at = [0, 1, 2].map((stage) => pedestals[stage * JUNGFRAU_1M.pixels + 5]);
  t.deepEqual(at, [2505, 13505, 14005]);
  t.is(pedestals[2 * JUNGFRAU_1M.pixels + MODULE_PIXELS], 14001);
  t.deepEqual([highGain.pedestals[5], highGain.gains[5]], [2705, 90]);
  t.is(highGain.pedestals[MODULE_PIXELS], Number.NaN, "its darks in high gain were not recorded");
  t.deepEqual([...masked.subarray(0, 6)], [0, 0, 0, 1, 1, 0]);
  t.deepEqual(notes.notes.slice(0, 2), [
    "psi.h5: PSI pedestals, ADC values (14 bits)",
    "psi.h5: /pixel_mask (0 is good) masks 2 pixels (0.000381 %), 2 by bit 0, 1 by bit 3",
  ]);
});

test("a file may hold both modules, named once or twice", async (t) => {
  const folder = await goodFolder(t);
  const both = (top: number, bottom: number) => {
    const map = slope(top, 1024);
    map.set(slope(bottom), MODULE_PIXELS);
    return map;
  };
  const mask = new BigInt64Array(JUNGFRAU_1M.pixels);
  mask[MODULE_PIXELS + 1] = 4n;
  await writePsiPedestals(
    join(folder, "both.h5"),
    [both(2500, 2600), both(13500, 13600), both(14000, 14100)],
    mask,
    1024,
  );
  const gains = [40, -1.5, -0.125, 90, -1.5, -0.125].map((gain) => {
    const map = new Float32Array(JUNGFRAU_1M.pixels).fill(gain);
    return map.fill(2 * gain, MODULE_PIXELS);
  });
  await writeHdf5(join(folder, "gains.h5"), { gains: { data: stack(gains), shape: [6, 1024, 1024] } });
  for (const times of [1, 2]) {
    const notes = new RecordedNotes();
    const names = (name: string) => new Array<string>(times).fill(name);
    const constants = await read(constantsFiles(folder, names("both.h5"), names("gains.h5")), notes);
    const at = (stage: number, module: number) => stage * JUNGFRAU_1M.pixels + module * MODULE_PIXELS + 1;
    t.deepEqual([constants.pedestals[at(1, 0)], constants.pedestals[at(1, 1)]], [13501, 13601]);
    t.deepEqual([constants.gains[at(2, 0)], constants.gains[at(2, 1)]], [-0.125, -0.25]);
    t.deepEqual([constants.masked[1], constants.masked[MODULE_PIXELS + 1]], [0, 1]);
    const unused =
      "gains.h5: the maps of HG1 and HG2 are not used: the maps of G1 and G2 also apply in high gain";
    t.true(notes.notes.includes(times === 1 ? `${unused} (module 1)` : unused));
    t.deepEqual(notes.warnings, []);
  }
});

for (const type of [Float32Array, Uint16Array, Int16Array]) {
  test(`reads gains in HDF5, of one module, 4 maps of ${type === Float32Array ? "float32" : "float64"}, and ${type.name} masks`, async (t) => {
    const folder = await goodFolder(t);
    const maps = stack([...GAINS, flatMap(90)]);
    const data = type === Float32Array ? Float32Array.from(maps) : maps;
    await writeHdf5(join(folder, "gains.h5"), { gains: { data, shape: [4, 512, 1024], gzip: 4 } });
    const mask = new type(MODULE_PIXELS).fill(1);
    mask[9] = 0;
    await writeBadPixelMap(join(folder, "om.h5"), mask);
    await writeHdf5(join(folder, "nexus.h5"), {
      pixel_mask: { data: new type(MODULE_PIXELS), shape: [512, 1024] },
    });
    const files = constantsFiles(
      folder,
      ["dark.h5", "other.h5"],
      ["gains.h5", "gain.bin"],
      ["om.h5", "nexus.h5"],
    );
    const notes = new RecordedNotes();
    const { gains, masked } = await read(files, notes);
    t.deepEqual(
      [0, 1, 2].map((stage) => gains[stage * JUNGFRAU_1M.pixels]),
      [40, -1.5, -0.125],
    );
    t.is(masked.indexOf(1), 9);
    t.is(masked.lastIndexOf(1), 9);
    t.deepEqual(notes.notes.slice(-2), [
      "om.h5: /data/data (1 is good) masks 1 pixel (0.000191 %)",
      "nexus.h5: /pixel_mask (0 is good) masks 0 pixels (0 %)",
    ]);
  });
}

test("what is probably not meant is warned of: an inverted mask, one gain file for both modules, hardly any gains", async (t) => {
  const folder = await goodFolder(t);
  const inverted = new Uint16Array(MODULE_PIXELS).fill(1, 0, MODULE_PIXELS - 100);
  await writeHdf5(join(folder, "mask.h5"), { pixel_mask: { data: inverted, shape: [512, 1024] } });
  await writeHdf5(join(folder, "none.h5"), {
    pixel_mask: { data: new Uint16Array(MODULE_PIXELS), shape: [512, 1024] },
  });
  const few = flatMap(Number.NaN).fill(-1.5, 0, 5);
  await writeGainFile(join(folder, "few.bin"), [GAINS[0], few, GAINS[2]]);
  const notes = new RecordedNotes();
  await read(
    constantsFiles(folder, ["dark.h5", "other.h5"], ["few.bin", "few.bin"], ["mask.h5", "none.h5"]),
    notes,
  );
  t.deepEqual(notes.warnings, [
    "few.bin: no usable gain in G1 for 524283 pixels (100 %). Is this the right file?",
    "few.bin: no usable gain in G1 for 524283 pixels (100 %). Is this the right file?",
    "few.bin is also named for another module. Name one file per module.",
    "mask.h5: /pixel_mask masks 524188 pixels (100 %). Are good and bad inverted?",
  ]);
});

test("gains of the wrong sign or size are warned of", async (t) => {
  const folder = await goodFolder(t);
  await writeGainFile(join(folder, "swapped.bin"), [GAINS[1], GAINS[0], GAINS[2]]);
  const notes = new RecordedNotes();
  await read(constantsFiles(folder, ["dark.h5", "other.h5"], ["swapped.bin", "gain.bin"]), notes);
  t.deepEqual(notes.warnings, [
    "swapped.bin: gains in G0 are negative, but a JUNGFRAU's are positive. Are the maps in the right order?",
    "swapped.bin: the magnitude of gains in G0 is about 1.5, but about 41 ADU/keV is typical. Check the unit and the order of the maps.",
    "swapped.bin: gains in G1 are positive, but a JUNGFRAU's are negative. Are the maps in the right order?",
    "swapped.bin: the magnitude of gains in G1 is about 40, but about 1.44 ADU/keV is typical. Check the unit and the order of the maps.",
  ]);
});

test("files whose names say the same module are warned of", async (t) => {
  const folder = await goodFolder(t);
  await writeGainFile(join(folder, "gain_M049_old.bin"), GAINS);
  await writeGainFile(join(folder, "gain_M049.bin"), GAINS);
  const notes = new RecordedNotes();
  const gain = ["gain_M049_old.bin", "gain_M049.bin"];
  await read(constantsFiles(folder, ["dark.h5", "other.h5"], gain), notes);
  t.deepEqual(notes.warnings, [
    "gain_M049_old.bin and gain_M049.bin are both named after module 49. Name one file per module.",
  ]);
});

test("loading takes less than four times the constants' size in float32, kernel and all", async (t) => {
  const folder = await goodFolder(t);
  const { stdout } = await promisify(execFile)(process.execPath, [
    fileURLToPath(new URL("../tools/load-constants.js", import.meta.url)),
    ...["dark.h5", "other.h5", "gain.bin", "gain.bin"].map((name) => join(folder, name)),
  ]);
  const { peakBytes, constantsBytes } = JSON.parse(stdout);
  t.log(`${(peakBytes / constantsBytes).toFixed(1)} times the constants' size`);
  t.true(peakBytes < 4 * constantsBytes);
  t.true(peakBytes > constantsBytes, "or it was not measured");
});

test("a dark file that mixes kinds of pedestals is read, and warned of", async (t) => {
  const folder = await goodFolder(t);
  await writeDarkFile(join(folder, "mixed.h5"), [flatMap(2500), flatMap(13500), flatMap(14000 + 49152)]);
  const notes = new RecordedNotes();
  const files = constantsFiles(folder, ["mixed.h5", "other.h5"], ["gain.bin", "gain.bin"]);
  const { pedestals } = await read(files, notes);
  t.deepEqual([pedestals[JUNGFRAU_1M.pixels], pedestals[2 * JUNGFRAU_1M.pixels]], [13500, 14000]);
  t.true(
    notes.warnings.includes(
      "mixed.h5 mixes pedestals of different kinds. Was it combined from several files?",
    ),
  );
});
