import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { writeHdf5 } from "../../src/calibration/hdf5.js";
import { readConstants } from "../../src/calibration/index.js";
import { DETECTOR_PIXELS, MODULE_PIXELS } from "../../src/detector.js";
import {
  constantsFiles,
  flatMap,
  temporaryFolder,
  writeDarkFile,
  writeGainFile,
} from "../helpers/constants-files.js";
import { codesAndMessages } from "../helpers/faults.js";

const PEDESTALS = [flatMap(2500), flatMap(13500), flatMap(14000)] as const;
const GAINS = [flatMap(40), flatMap(-1.5), flatMap(-0.125)] as const;

async function goodFolder(t: ExecutionContext): Promise<string> {
  const folder = await temporaryFolder(t);
  await writeDarkFile(join(folder, "dark.h5"), PEDESTALS);
  await writeGainFile(join(folder, "gain.bin"), GAINS);
  return folder;
}

test("puts each module's maps in their place", async (t) => {
  const folder = await goodFolder(t);
  const second = [flatMap(2600), flatMap(13600), flatMap(14100)] as const;
  await writeDarkFile(join(folder, "dark1.h5"), second);
  await writeGainFile(join(folder, "gain1.bin"), [
    ...GAINS.map((map) => map.map((gain) => 2 * gain)),
    flatMap(80),
  ]);
  const notes: string[] = [];
  const { pedestals, gains } = await readConstants(
    constantsFiles(folder, ["dark.h5", "dark1.h5"], ["gain.bin", "gain1.bin"]),
    (note) => notes.push(note),
  );
  const at = (stage: number, module: number) => stage * DETECTOR_PIXELS + module * MODULE_PIXELS + 7;
  t.deepEqual([pedestals[at(0, 0)], pedestals[at(1, 0)], pedestals[at(2, 0)]], [2500, 13500, 14000]);
  t.deepEqual([pedestals[at(0, 1)], pedestals[at(1, 1)], pedestals[at(2, 1)]], [2600, 13600, 14100]);
  t.deepEqual([gains[at(0, 0)], gains[at(1, 0)], gains[at(2, 0)]], [40, -1.5, -0.125]);
  t.deepEqual([gains[at(0, 1)], gains[at(1, 1)], gains[at(2, 1)]], [80, -3, -0.25]);
  t.deepEqual(notes, [
    "dark.h5: pedestals are ADC values (14 bits)",
    "dark1.h5: pedestals are ADC values (14 bits)",
    "gain1.bin: the fourth map (high gain, HG0) is not used",
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
  const notes: string[] = [];
  const { pedestals, gains } = await readConstants(
    constantsFiles(folder, ["int16.h5", "uint16.h5"], ["gain.bin", "gain.bin"]),
    (note) => notes.push(note),
  );
  t.deepEqual(notes, [
    "int16.h5: 5 pixels have no pedestal in G2",
    "int16.h5: pedestals are averages of int16 words with gain bits",
    "uint16.h5: pedestals are averages of uint16 words with gain bits",
  ]);
  t.is(pedestals[2 * DETECTOR_PIXELS + 5], 14000);
  t.is(pedestals[2 * DETECTOR_PIXELS + MODULE_PIXELS], 14000);
  t.deepEqual([pedestals[2 * DETECTOR_PIXELS], gains[2 * DETECTOR_PIXELS]], [Number.NaN, Number.NaN]);
});

test("a pixel with an unusable gain has no pedestal either, in that stage", async (t) => {
  const folder = await goodFolder(t);
  const g0 = Float64Array.from(flatMap(40));
  g0.set([0, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-310, 1e-40, 1e39]);
  await writeGainFile(join(folder, "odd.bin"), [g0, GAINS[1], GAINS[2]]);
  const { pedestals, gains } = await readConstants(
    constantsFiles(folder, ["dark.h5", "dark.h5"], ["odd.bin", "gain.bin"]),
    () => undefined,
  );
  t.true(pedestals.subarray(0, 7).every(Number.isNaN) && gains.subarray(0, 7).every(Number.isNaN));
  t.deepEqual([pedestals[7], pedestals[DETECTOR_PIXELS]], [2500, 13500]);
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
    const { pedestals } = await readConstants(files, () => undefined);
    t.deepEqual(
      [pedestals[0], pedestals[DETECTOR_PIXELS], pedestals[2 * DETECTOR_PIXELS]],
      [2500, 13500, 14000],
    );
  });
}

/** h5py's own filter, which the reader here does not have. */
const LZF = 32000;

/** A dark file with gzip, in which another filter is named, or the packed data is damaged. */
async function compressed(path: string, damage: "filter" | "data"): Promise<void> {
  await writeHdf5(
    path,
    Object.fromEntries(
      PEDESTALS.map((data, stage) => [`gain${stage}`, { data, shape: [512, 1024], gzip: 4 }]),
    ),
  );
  const bytes = await readFile(path);
  if (damage === "filter") {
    // In the oldest format a filter's number stands 8 bytes before its name.
    for (let at = bytes.indexOf("deflate"); at >= 0; at = bytes.indexOf("deflate", at + 1)) {
      bytes.writeUInt16LE(LZF, at - 8);
    }
  }
  if (damage === "data") {
    // Where a zlib stream of this level begins.
    const packed = bytes.indexOf(Buffer.from([0x78, 0x5e]));
    bytes.fill(0xee, packed + 2, packed + 200);
  }
  await writeFile(path, bytes);
}

test("reads compressed dark files", async (t) => {
  const folder = await goodFolder(t);
  const maps = Object.fromEntries(
    PEDESTALS.map((data, stage) => [`gain${stage}`, { data, shape: [512, 1024], gzip: 4 }]),
  );
  await writeHdf5(join(folder, "packed.h5"), maps);
  const files = constantsFiles(folder, ["dark.h5", "packed.h5"], ["gain.bin", "gain.bin"]);
  const { pedestals } = await readConstants(files, () => undefined);
  t.is(pedestals[2 * DETECTOR_PIXELS + MODULE_PIXELS], 14000);
});

type Breakage = (path: string, folder: string) => Promise<unknown>;
const cut = async (from: string, to: string, bytes: number) =>
  writeFile(to, (await readFile(from)).subarray(0, bytes));

const brokenDark: [string, string, Breakage][] = [
  ["is missing", "CALIBRATION_FILE_NOT_READABLE", async () => undefined],
  ["is a folder", "CALIBRATION_FILE_NOT_READABLE", (path) => mkdir(path)],
  ["is a link to nothing", "CALIBRATION_FILE_NOT_READABLE", (path) => symlink("/nowhere", path)],
  ["is no HDF5", "CALIBRATION_NOT_HDF5", (path) => writeFile(path, "hello")],
  ["is empty", "CALIBRATION_NOT_HDF5", (path) => writeFile(path, "")],
  ["is cut short", "CALIBRATION_NOT_HDF5", (path, folder) => cut(join(folder, "dark.h5"), path, 1_000_000)],
  [
    "lacks a map",
    "CALIBRATION_DATASET_MISSING",
    (path) => writeHdf5(path, { gain0: { data: PEDESTALS[0], shape: [512, 1024] } }),
  ],
  [
    "is compressed with a filter that is not here",
    "CALIBRATION_FILTER",
    (path) => compressed(path, "filter"),
  ],
  ["has damaged data", "CALIBRATION_UNREADABLE_DATA", (path) => compressed(path, "data")],
  [
    "is of another detector",
    "CALIBRATION_SHAPE",
    (path) => writeDarkFile(path, [new Float32Array(4), new Float32Array(4), new Float32Array(4)], [2, 2]),
  ],
  ["has flat maps", "CALIBRATION_SHAPE", (path) => writeDarkFile(path, [...PEDESTALS], [MODULE_PIXELS])],
  [
    "has its stages swapped",
    "CALIBRATION_PEDESTAL_KIND",
    (path) => writeDarkFile(path, [flatMap(13500 + 16384), flatMap(2500), flatMap(-2384)]),
  ],
  [
    "holds another quantity",
    "CALIBRATION_PEDESTAL_KIND",
    (path) => writeDarkFile(path, [flatMap(2500), flatMap(13500), flatMap(1e6)]),
  ],
  [
    "has no pedestal in G0",
    "CALIBRATION_NO_CONSTANTS",
    (path) => writeDarkFile(path, [flatMap(0), flatMap(13500), flatMap(14000)]),
  ],
];
for (const [what, code, breakIt] of brokenDark) {
  test(`a dark file that ${what}`, async (t) => {
    const folder = await goodFolder(t);
    await breakIt(join(folder, "broken.h5"), folder);
    const files = constantsFiles(folder, ["dark.h5", "broken.h5"], ["gain.bin", "gain.bin"]);
    const faults = await codesAndMessages(readConstants(files, () => undefined));
    t.deepEqual(
      faults.map(([found]) => found),
      [code],
    );
    t.regex(faults[0]?.[1] ?? "", /^broken\.h5/);
    if (code === "CALIBRATION_FILTER") t.regex(faults[0]?.[1] ?? "", /HDF5 filter 32000/);
  });
}

const brokenGain: [string, string, Breakage][] = [
  ["is missing", "CALIBRATION_FILE_NOT_READABLE", async () => undefined],
  ["is a folder", "CALIBRATION_FILE_NOT_READABLE", (path) => mkdir(path)],
  ["is empty", "CALIBRATION_SHAPE", (path) => writeFile(path, "")],
  ["is cut short", "CALIBRATION_SHAPE", (path, folder) => cut(join(folder, "gain.bin"), path, 4194304)],
  [
    "holds zeros",
    "CALIBRATION_NO_CONSTANTS",
    (path) => writeGainFile(path, [flatMap(0), flatMap(0), flatMap(0)]),
  ],
  [
    "is big-endian",
    "CALIBRATION_NO_CONSTANTS",
    async (path, folder) => writeFile(path, (await readFile(join(folder, "gain.bin"))).swap64()),
  ],
];
for (const [what, code, breakIt] of brokenGain) {
  test(`a gain file that ${what}`, async (t) => {
    const folder = await goodFolder(t);
    await breakIt(join(folder, "broken.bin"), folder);
    const files = constantsFiles(folder, ["dark.h5", "dark.h5"], ["broken.bin", "gain.bin"]);
    const faults = await codesAndMessages(readConstants(files, () => undefined));
    t.deepEqual(
      faults.map(([found]) => found),
      [code],
    );
    t.regex(faults[0]?.[1] ?? "", /^broken\.bin/);
  });
}

test("tells the faults of all files together", async (t) => {
  const folder = await goodFolder(t);
  const files = constantsFiles(folder, ["no0.h5", "no1.h5"], ["no0.bin", "no1.bin"]);
  const faults = await codesAndMessages(readConstants(files, () => undefined));
  t.deepEqual(
    faults.map(([, message]) => message.split(" ")[0]),
    ["no0.h5", "no1.h5", "no0.bin", "no1.bin"],
  );
});

test("exchanged dark and gain files are told as such", async (t) => {
  const folder = await goodFolder(t);
  const files = constantsFiles(folder, ["gain.bin", "dark.h5"], ["dark.h5", "gain.bin"]);
  const faults = await codesAndMessages(readConstants(files, () => undefined));
  t.deepEqual(
    faults.map(([code]) => code),
    ["CALIBRATION_NOT_HDF5", "CALIBRATION_SHAPE"],
  );
  for (const [, message] of faults) t.regex(message, /are dark and gain files exchanged\?$/);
});
