import { execFile } from "node:child_process";
import { appendFile, mkdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import fc from "fast-check";
import { CREATE_KERNEL } from "../../src/calibration/index.js";
import { YamlMonitorParameters } from "../../src/configuration/index.js";
import { writeHdf5 } from "../../src/constants/hdf5-write.js";
import { constantsReader, READ_CONSTANTS, type ReadConstants } from "../../src/constants/index.js";
import { readConstants } from "../../src/constants/read-constants.js";
import { JUNGFRAU_1M, MODULE_PIXELS } from "../../src/detector.js";
import { CollectedConstants, sharedKernel } from "../helpers/calibrators.js";
import {
  constantsFiles,
  flatMap,
  foldersWithConstants,
  GAINS,
  OTHER_PEDESTALS,
  PEDESTALS,
  RecordedNotes,
  writeBadPixelMap,
  writeDarkFile,
  writeGainFile,
} from "../helpers/constants-files.js";
import { registerPlugin } from "../helpers/fakes.js";
import { codesAndMessages } from "../helpers/faults.js";
import { stackedMaps, withLibrary, writeFiltered } from "../helpers/unusual-files.js";

/** A filter that nobody has: HDF5 sets these numbers aside for tests. */
const UNKNOWN_FILTER = 256;

const goodFolder = foldersWithConstants("dark0.h5", "dark1.h5");

/** Without a thread for each file, and its start. Each test's files have paths of their own, so what HDF5 remembers is of no other. */
const readHere: ReadConstants = (files, to, notes) => readConstants(JUNGFRAU_1M, files, to, notes);

/** Start a frame source on a configuration in `folder` in which `broken` has taken the place of a good file. */
async function faultsOf(folder: string, kind: Kind, broken: readonly string[]) {
  const names: Record<Kind, readonly string[]> = {
    dark: ["dark0.h5", "dark1.h5"],
    gain: ["gain.bin", "gain.bin"],
    mask: [],
    [kind]: broken,
  };
  const yaml = `calibration:
  photon_energy_kev: 8
  dark_filenames: [${names.dark.join(", ")}]
  gain_filenames: [${names.gain.join(", ")}]
  ${names.mask.length > 0 ? `mask_filenames: [${names.mask.join(", ")}]` : ""}
`;
  const plugin = registerPlugin(
    new Map<symbol, unknown>([
      [READ_CONSTANTS, readHere],
      [CREATE_KERNEL, sharedKernel],
    ]),
  );
  const source = plugin.context.dataSources.get("Jungfrau1MZmq")({
    dataSourceName: "detector",
    monitorParameters: new YamlMonitorParameters(yaml, join(folder, "monitor.yaml")),
  });
  try {
    return await codesAndMessages(Promise.resolve(source.initializeDataSource()));
  } finally {
    plugin.dispose();
  }
}

type Kind = "dark" | "gain" | "mask";
type Breakage = (path: string, folder: string) => Promise<unknown>;

const maps = (pedestals: readonly Float32Array[]) =>
  Object.fromEntries(pedestals.map((data, stage) => [`gain${stage}`, { data, shape: [512, 1024] }]));
const gains = (count: number, value: (map: number) => number, shape?: readonly number[]) =>
  stackedMaps(
    Array.from({ length: count }, (_, map) => value(map)),
    shape,
  );
const goodGain = (map: number) => [40, -1.5, -0.125, 90, -1.5, -0.125][map] ?? 0;
const goodPedestal = (map: number) => [2500, 13500, 14000, 2700][map] ?? 0;
const cut = async (from: string, to: string, bytes: number) =>
  writeFile(to, (await readFile(from)).subarray(0, bytes));

/** A dark file with gzip, in which another filter is named, or the packed data is damaged. */
async function compressed(path: string, damage: "filter" | "data"): Promise<void> {
  await writeHdf5(
    path,
    Object.fromEntries(Object.entries(maps(PEDESTALS)).map(([name, map]) => [name, { ...map, gzip: 4 }])),
  );
  const bytes = await readFile(path);
  if (damage === "filter") {
    // In the oldest format a filter's number stands 8 bytes before its name.
    for (let at = bytes.indexOf("deflate"); at >= 0; at = bytes.indexOf("deflate", at + 1)) {
      bytes.writeUInt16LE(UNKNOWN_FILTER, at - 8);
    }
  } else {
    // Where a zlib stream of this level begins.
    const packed = bytes.indexOf(Buffer.from([0x78, 0x5e]));
    bytes.fill(0xee, packed + 2, packed + 200);
  }
  await writeFile(path, bytes);
}

/** What is wrong, the code that says so, and how to bring it about. */
const BROKEN: Record<Kind, [what: string, code: string, breakIt: Breakage, says?: RegExp][]> = {
  dark: [
    ["is missing", "CALIBRATION_FILE_NOT_READABLE", async () => undefined],
    ["is a link to nothing", "CALIBRATION_FILE_NOT_READABLE", (path) => symlink("/nowhere", path)],
    ["is a link to itself", "CALIBRATION_FILE_NOT_READABLE", (path) => symlink(path, path)],
    ["is a folder", "CALIBRATION_FILE_NOT_READABLE", (path) => mkdir(path)],
    ["is a device", "CALIBRATION_FILE_NOT_READABLE", (path) => symlink("/dev/zero", path)],
    ["is a pipe", "CALIBRATION_FILE_NOT_READABLE", (path) => promisify(execFile)("mkfifo", [path])],
    ["is empty", "CALIBRATION_FILE_NOT_READABLE", (path) => writeFile(path, "")],
    ["is text", "CALIBRATION_FORMAT", (path) => writeFile(path, "pedestals: 2500\n")],
    [
      "is a numpy file without a header",
      "CALIBRATION_DAMAGED",
      (path) => writeFile(path, "\x93NUMPY\x01\x00", "latin1"),
    ],
    ["is cut short", "CALIBRATION_DAMAGED", (path, folder) => cut(join(folder, "dark0.h5"), path, 1_000_000)],
    [
      "is only its first bytes",
      "CALIBRATION_DAMAGED",
      (path, folder) => cut(join(folder, "dark0.h5"), path, 8),
    ],
    ["is a gain file", "CALIBRATION_EXCHANGED", (path) => writeGainFile(path, GAINS)],
    [
      "is a gain file in HDF5",
      "CALIBRATION_EXCHANGED",
      (path) => writeHdf5(path, { gains: gains(4, goodGain) }),
    ],
    ["holds nothing", "CALIBRATION_FORMAT", (path) => writeHdf5(path, {})],
    [
      "lacks a stage",
      "CALIBRATION_FORMAT",
      (path) => writeHdf5(path, maps([PEDESTALS[0], PEDESTALS[1]])),
      /\/gain2/,
    ],
    [
      "has a group for a map",
      "CALIBRATION_FORMAT",
      (path) => withLibrary(path, (file) => void file.create_group("gain0")),
    ],
    [
      "has a link that goes round in a circle",
      "CALIBRATION_DAMAGED",
      (path) => withLibrary(path, (file) => void file.create_soft_link("/gain0", "gain0")),
    ],
    [
      "has a link into another file",
      "CALIBRATION_FORMAT",
      (path) => withLibrary(path, (file) => void file.create_external_link("other.h5", "/gain0", "gain0")),
    ],
    [
      "is of another detector",
      "CALIBRATION_SHAPE",
      (path) => writeDarkFile(path, [new Float32Array(4), new Float32Array(4), new Float32Array(4)], [2, 2]),
      /\[2, 2\]/,
    ],
    [
      "has maps in one dimension",
      "CALIBRATION_SHAPE",
      (path) => writeDarkFile(path, PEDESTALS, [MODULE_PIXELS]),
    ],
    [
      "claims to be larger than any memory",
      "CALIBRATION_SHAPE",
      (path) =>
        withLibrary(path, (file) => {
          const data = new Float32Array(1);
          const shape = [1, 1];
          for (const name of ["gain0", "gain1", "gain2"]) {
            const map = file.create_dataset({ name, data, shape, maxshape: [null, null], chunks: [1, 1] });
            map.resize([2 ** 31, 2 ** 31]);
          }
        }),
    ],
    [
      "has chunks that are larger than its maps",
      "CALIBRATION_SHAPE",
      (path) =>
        withLibrary(path, (file) => {
          const fields = { shape: [512, 1024], maxshape: [null, null], chunks: [1024, 1024] };
          for (const [stage, data] of PEDESTALS.entries())
            file.create_dataset({ name: `gain${stage}`, data, ...fields });
        }),
      /\[512, 1024\] in chunks of \[1024, 1024\]/,
    ],
    [
      "holds text",
      "CALIBRATION_FORMAT",
      (path) =>
        withLibrary(path, (file) => {
          const data = new Array<string>(MODULE_PIXELS).fill("x");
          for (const name of ["gain0", "gain1", "gain2"]) {
            file.create_dataset({ name, data, shape: [512, 1024], dtype: "S1" });
          }
        }),
    ],
    [
      "is compressed with a filter that is not here",
      "CALIBRATION_FORMAT",
      (path) => compressed(path, "filter"),
      /HDF5 filter 256/,
    ],
    ["has damaged data", "CALIBRATION_DAMAGED", (path) => compressed(path, "data")],
    [
      "has its stages swapped",
      "CALIBRATION_VALUES",
      (path) => writeDarkFile(path, [flatMap(13500 + 16384), flatMap(2500), flatMap(-2384)]),
    ],
    [
      "holds another quantity",
      "CALIBRATION_VALUES",
      (path) => writeDarkFile(path, [flatMap(2500), flatMap(13500), flatMap(1e6)]),
      /\/gain2 .*1000000/,
    ],
    [
      "has no pedestal in G0",
      "CALIBRATION_VALUES",
      (path) => writeDarkFile(path, [flatMap(0), flatMap(13500), flatMap(14000)]),
    ],
    [
      "is of PSI with too few maps",
      "CALIBRATION_SHAPE",
      (path) => writeHdf5(path, { gains: gains(2, goodPedestal) }),
    ],
    [
      "is of PSI with a mask of another shape",
      "CALIBRATION_SHAPE",
      (path) =>
        writeHdf5(path, {
          gains: gains(3, goodPedestal),
          pixel_mask: { data: new Uint16Array(4), shape: [2, 2] },
        }),
      /\/pixel_mask/,
    ],
    [
      "is of PSI and masks everything",
      "CALIBRATION_VALUES",
      (path) =>
        writeHdf5(path, {
          gains: gains(3, goodPedestal),
          pixel_mask: { data: new Uint16Array(MODULE_PIXELS).fill(1), shape: [512, 1024] },
        }),
    ],
  ],
  gain: [
    ["is missing", "CALIBRATION_FILE_NOT_READABLE", async () => undefined],
    ["is a folder", "CALIBRATION_FILE_NOT_READABLE", (path) => mkdir(path)],
    ["is empty", "CALIBRATION_FILE_NOT_READABLE", (path) => writeFile(path, "")],
    [
      "is cut short",
      "CALIBRATION_SHAPE",
      (path, folder) => cut(join(folder, "gain.bin"), path, 4194304),
      /4194304/,
    ],
    [
      "is a byte too long",
      "CALIBRATION_SHAPE",
      async (path, folder) => {
        await writeFile(path, await readFile(join(folder, "gain.bin")));
        await appendFile(path, "x");
      },
    ],
    [
      "is a terabyte",
      "CALIBRATION_SHAPE",
      async (path) => {
        await writeFile(path, "x");
        await truncate(path, 2 ** 40);
      },
    ],
    [
      "holds zeros",
      "CALIBRATION_VALUES",
      (path) => writeGainFile(path, [flatMap(0), flatMap(0), flatMap(0)]),
    ],
    [
      "holds no gain in G2",
      "CALIBRATION_VALUES",
      (path) => writeGainFile(path, [GAINS[0], GAINS[1], flatMap(Number.NaN)]),
      /G2/,
    ],
    ["is a dark file of OM", "CALIBRATION_EXCHANGED", (path) => writeDarkFile(path, PEDESTALS)],
    [
      "is pedestals of PSI",
      "CALIBRATION_EXCHANGED",
      (path) => writeHdf5(path, { gains: gains(4, goodPedestal) }),
    ],
    ["is pedestals in a gain file's form", "CALIBRATION_EXCHANGED", (path) => writeGainFile(path, PEDESTALS)],
    [
      "is HDF5 of something else",
      "CALIBRATION_FORMAT",
      (path) => writeHdf5(path, { data: gains(1, goodGain) }),
    ],
    ["is HDF5 with five maps", "CALIBRATION_SHAPE", (path) => writeHdf5(path, { gains: gains(5, goodGain) })],
    [
      "is HDF5 with one map",
      "CALIBRATION_SHAPE",
      (path) => writeHdf5(path, { gains: gains(1, goodGain, [512, 1024]) }),
    ],
    ["is HDF5 cut short", "CALIBRATION_DAMAGED", (path, folder) => cut(join(folder, "dark0.h5"), path, 4096)],
  ],
  mask: [
    ["is missing", "CALIBRATION_FILE_NOT_READABLE", async () => undefined],
    ["is text", "CALIBRATION_FORMAT", (path) => writeFile(path, "0 0 1")],
    ["is a dark file", "CALIBRATION_FORMAT", (path) => writeDarkFile(path, PEDESTALS)],
    ["is a frame", "CALIBRATION_VALUES", (path) => writeBadPixelMap(path, flatMap(2500)), /2500 at pixel 0/],
    [
      "holds infinity",
      "CALIBRATION_VALUES",
      (path) =>
        writeHdf5(path, {
          pixel_mask: { data: flatMap(Number.POSITIVE_INFINITY), shape: [512, 1024] },
        }),
      /Infinity at pixel 0/,
    ],
    [
      "holds fractions",
      "CALIBRATION_VALUES",
      (path) => writeHdf5(path, { pixel_mask: { data: flatMap(0.5), shape: [512, 1024] } }),
    ],
    ["leaves everything out", "CALIBRATION_VALUES", (path) => writeBadPixelMap(path, flatMap(0))],
    ["has another shape", "CALIBRATION_SHAPE", (path) => writeBadPixelMap(path, new Float32Array(4), [2, 2])],
  ],
};

// One after the other: each holds a whole detector's constants.
const KEYS = { dark: "dark_filenames:3", gain: "gain_filenames:4", mask: "mask_filenames:5" };

for (const [kind, cases] of Object.entries(BROKEN) as [Kind, (typeof BROKEN)[Kind]][]) {
  for (const [what, code, breakIt, says = /./] of cases) {
    test.serial(`a ${kind} file that ${what}`, async (t) => {
      const folder = await goodFolder(t);
      await breakIt(join(folder, "broken"), folder);
      const good = { dark: "dark0.h5", gain: "gain.bin", mask: "good.h5" }[kind];
      if (kind === "mask") await writeBadPixelMap(join(folder, good), flatMap(1));
      const faults = await faultsOf(folder, kind, [good, "broken"]);
      t.deepEqual(
        faults.map(([found]) => found),
        [code],
      );
      const [key, line] = KEYS[kind].split(":");
      const [, message = ""] = faults[0] ?? [];
      t.true(message.startsWith(`monitor.yaml:${line}: calibration.${key}[1] = 'broken'`), message);
      t.regex(message, says);
      t.regex(message, /[.?]$/);
    });
  }
}

test.serial("there are at least 25 kinds of breakage, of most codes", (t) => {
  const codes = Object.values(BROKEN).flatMap((cases) => cases.map(([, code]) => code));
  t.true(codes.length >= 25);
  const told = ["FILE_NOT_READABLE", "DAMAGED", "FORMAT", "SHAPE", "VALUES", "EXCHANGED"];
  t.deepEqual([...new Set(codes)].sort(), told.map((code) => `CALIBRATION_${code}`).sort());
});

test.serial("both dark files of one module", async (t) => {
  const folder = await goodFolder(t);
  const noise = PEDESTALS.map((map) => map.map((value, pixel) => value + (pixel % 7)));
  await writeDarkFile(join(folder, "a.h5"), noise as [Float32Array, Float32Array, Float32Array]);
  await writeDarkFile(join(folder, "b.h5"), noise as [Float32Array, Float32Array, Float32Array]);
  await symlink(join(folder, "dark0.h5"), join(folder, "link.h5"));
  for (const names of [
    ["dark0.h5", "dark0.h5"],
    ["dark0.h5", "link.h5"],
    ["a.h5", "b.h5"],
  ]) {
    const faults = await faultsOf(folder, "dark", names);
    t.deepEqual(
      faults.map(([code]) => code),
      ["CALIBRATION_EXCHANGED"],
      names.join(),
    );
    t.regex(faults[0]?.[1] ?? "", /dark_filenames\[1\] = '.*Name one file per module/);
  }
});

test.serial("modules that are not in the same order in both keys", async (t) => {
  const folder = await goodFolder(t);
  for (const module of [0, 1]) {
    await writeDarkFile(join(folder, `dark_m${module}.h5`), module === 0 ? PEDESTALS : OTHER_PEDESTALS);
    await writeGainFile(join(folder, `gain_m${module}.bin`), GAINS);
  }
  const read = (dark: string[], gain: string[]) =>
    codesAndMessages(
      constantsReader(JUNGFRAU_1M)(
        constantsFiles(folder, dark, gain),
        new CollectedConstants(),
        new RecordedNotes(),
      ),
    );
  const [faults, ...others] = await read(["dark_m1.h5", "dark_m0.h5"], ["gain_m0.bin", "gain_m1.bin"]);
  t.deepEqual(faults, [
    "CALIBRATION_EXCHANGED",
    "dark_m1.h5 belongs to module 1, but gain_m0.bin to module 0. Name both in the same order, top module first.",
  ]);
  t.deepEqual(others, []);
  t.deepEqual(await read(["dark_m1.h5", "dark_m0.h5"], ["gain_m1.bin", "gain_m0.bin"]), []);
});

for (const [kind, name] of [
  ["dark", "dark0.h5"],
  ["gain", "gain.bin"],
] as const) {
  test.serial(`a single ${kind} file that holds one module`, async (t) => {
    const folder = await goodFolder(t);
    const faults = await faultsOf(folder, kind, [name]);
    t.deepEqual([...new Set(faults.map(([code]) => code))], ["CALIBRATION_FILE_COUNT"]);
  });
}

test.serial("tells the faults of all files together", async (t) => {
  const folder = await goodFolder(t);
  const files = constantsFiles(folder, ["no0.h5", "no1.h5"], ["no0.bin", "no1.bin"], ["no0.mask"]);
  const faults = await codesAndMessages(
    constantsReader(JUNGFRAU_1M)(files, new CollectedConstants(), new RecordedNotes()),
  );
  t.deepEqual(
    faults.map(([, message]) => message.split(" ")[0]),
    ["no0.h5", "no1.h5", "no0.bin", "no1.bin", "no0.mask"],
  );
});

/** Compressions, each by a different library. */
const COMPRESSIONS: readonly (readonly [name: string, filter: readonly [number, ...number[]]])[] = [
  ["gzip", [1, 9]],
  ["LZF", [32000]],
  ["LZ4", [32004, 0]],
  ["bitshuffle with LZ4", [32008, 0, 2]],
  ["zstd", [32015, 3]],
  ["Blosc", [32001, 0, 0, 0, 0, 5, 1, 1]],
];

for (const [name, filter] of COMPRESSIONS) {
  test.serial(`any damage to ${name} is a fault or none, and a good file is read after it`, async (t) => {
    const folder = await goodFolder(t);
    const path = join(folder, "packed.h5");
    const varied = PEDESTALS.map((map) => map.map((value, pixel) => value + (pixel % 7)));
    await writeFiltered(path, maps(varied), filter);
    const whole = await readFile(path);
    const constants = new CollectedConstants();
    let made = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })), {
          minLength: 1,
          maxLength: 20,
        }),
        async (flips) => {
          const bytes = Buffer.from(whole);
          for (const [at, bits] of flips) bytes[at] = (bytes[at] as number) ^ bits;
          // HDF5 remembers a damaged file by its name. A thread for each would take most of the time.
          made += 1;
          await writeFile(join(folder, `damaged${made}.h5`), bytes);
          const files = constantsFiles(folder, [`damaged${made}.h5`, "dark1.h5"], []);
          constants.pedestals[MODULE_PIXELS] = Number.NaN;
          const faults = await codesAndMessages(
            readConstants(JUNGFRAU_1M, files, constants, new RecordedNotes()),
          );
          await rm(join(folder, `damaged${made}.h5`));
          if (faults.length > 0) refused += 1;
          // The other module's file is read in any case.
          t.is(constants.pedestals[MODULE_PIXELS], 2600);
        },
      ),
      { numRuns: 13 },
    );
    t.true(refused > 0, "damage is seen");
  });
}

test("a filter's own words about damage do not go to standard output", async (t) => {
  const folder = await goodFolder(t);
  const path = join(folder, "lz4.h5");
  await writeFiltered(path, maps(PEDESTALS), [32004, 0]);
  const bytes = await readFile(path);
  // A chunk begins with its size when it is unpacked, 2 MiB.
  const chunk = bytes.indexOf(Buffer.from([0, 0, 0, 0, 0, 0x20, 0, 0]));
  t.true(chunk > 0);
  await writeFile(path, bytes.fill(0xee, chunk + 16, chunk + 400));
  const script = `
    import { constantsReader } from ${JSON.stringify(new URL("../../src/constants/index.js", import.meta.url))};
    import { JUNGFRAU_1M } from ${JSON.stringify(new URL("../../src/detector.js", import.meta.url))};
    const dark = [{ path: ${JSON.stringify(path)}, where: "lz4.h5" }, { path: "/none", where: "none.h5" }];
    await constantsReader(JUNGFRAU_1M)({ dark, gain: [], mask: [] }, {}, {}).catch(({ message }) => console.error(message));`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    "--input-type=module",
    "-e",
    script,
  ]);
  t.is(stdout, "");
  t.regex(stderr, /decompressed size not the same.*CALIBRATION_DAMAGED: lz4\.h5/s);
});

test("a file that was damaged is read once it has been repaired in its place, as often as that happens", async (t) => {
  const folder = await goodFolder(t);
  const path = join(folder, "dark0.h5");
  const good = await readFile(path);
  // Replaces the link by a copy, because the folders share their files.
  await rm(path);
  await writeFile(path, good);
  const faultsOfFolder = () =>
    codesAndMessages(
      constantsReader(JUNGFRAU_1M)(
        constantsFiles(folder, ["dark0.h5", "dark1.h5"], ["gain.bin", "gain.bin"]),
        new CollectedConstants(),
        new RecordedNotes(),
      ),
    );
  // Bytes of the superblock's root group, of its B-tree, and of its heap's signature.
  for (const at of [120, 128, good.indexOf("TREE"), good.indexOf("HEAP")]) {
    const bytes = Buffer.from(good);
    bytes[at] = 0xff;
    await writeFile(path, bytes);
    t.is((await faultsOfFolder()).length, 1, `damaged at ${at}`);
    await writeFile(path, good);
    t.deepEqual(await faultsOfFolder(), [], `repaired at ${at}`);
  }
});
