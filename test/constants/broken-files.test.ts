import { appendFile, mkdir, readFile, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import fc from "fast-check";
import { YamlMonitorParameters } from "../../src/configuration/index.js";
import { writeHdf5 } from "../../src/constants/hdf5.js";
import { constantsReader } from "../../src/constants/index.js";
import { JUNGFRAU_1M, MODULE_PIXELS } from "../../src/detector.js";
import { CollectedConstants } from "../helpers/calibrators.js";
import {
  constantsFiles,
  flatMap,
  foldersWith,
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

/** h5py's own filter, which the reader here does not have. */
const LZF = 32000;

const goodFolder = foldersWith(async (folder) => {
  await writeDarkFile(join(folder, "dark0.h5"), PEDESTALS);
  await writeDarkFile(join(folder, "dark1.h5"), OTHER_PEDESTALS);
  await writeGainFile(join(folder, "gain.bin"), GAINS);
});

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
  const plugin = registerPlugin();
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
const gains = (count: number, value: (map: number) => number, shape = [count, 512, 1024]) => {
  const data = new Float32Array(count * MODULE_PIXELS);
  for (let map = 0; map < count; map++) data.fill(value(map), map * MODULE_PIXELS, (map + 1) * MODULE_PIXELS);
  return { data, shape };
};
const goodGain = (map: number) => [40, -1.5, -0.125, 90, -1.5, -0.125][map] ?? 0;
const goodPedestal = (map: number) => [2500, 13500, 14000, 2700][map] ?? 0;
const cut = async (from: string, to: string, bytes: number) =>
  writeFile(to, (await readFile(from)).subarray(0, bytes));

/** Write HDF5 that the project itself never writes. */
async function withLibrary(path: string, write: (file: Hdf5File) => void): Promise<void> {
  const { File, ready } = await import("h5wasm/node");
  await ready;
  const file = new File(path, "w");
  write(file);
  file.close();
}
type Hdf5File = InstanceType<typeof import("h5wasm/node")["File"]>;

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
      bytes.writeUInt16LE(LZF, at - 8);
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
    ["is missing", "CALIBRATION_FILE_NOT_FOUND", async () => undefined],
    ["is a link to nothing", "CALIBRATION_FILE_NOT_FOUND", (path) => symlink("/nowhere", path)],
    ["is a link to itself", "CALIBRATION_FILE_NOT_READABLE", (path) => symlink(path, path)],
    ["is a folder", "CALIBRATION_NOT_A_FILE", (path) => mkdir(path)],
    ["is a device", "CALIBRATION_NOT_A_FILE", (path) => symlink("/dev/zero", path)],
    ["is empty", "CALIBRATION_FILE_EMPTY", (path) => writeFile(path, "")],
    ["is text", "CALIBRATION_NOT_HDF5", (path) => writeFile(path, "pedestals: 2500\n")],
    ["is a numpy file", "CALIBRATION_NOT_HDF5", (path) => writeFile(path, "\x93NUMPY\x01\x00", "latin1")],
    [
      "is cut short",
      "CALIBRATION_TRUNCATED",
      (path, folder) => cut(join(folder, "dark0.h5"), path, 1_000_000),
    ],
    [
      "is only its first bytes",
      "CALIBRATION_TRUNCATED",
      (path, folder) => cut(join(folder, "dark0.h5"), path, 8),
    ],
    ["is a gain file", "CALIBRATION_EXCHANGED", (path) => writeGainFile(path, GAINS)],
    [
      "is a gain file in HDF5",
      "CALIBRATION_EXCHANGED",
      (path) => writeHdf5(path, { gains: gains(4, goodGain) }),
    ],
    ["holds nothing", "CALIBRATION_DATASET_MISSING", (path) => writeHdf5(path, {})],
    [
      "lacks a stage",
      "CALIBRATION_DATASET_MISSING",
      (path) => writeHdf5(path, maps([PEDESTALS[0], PEDESTALS[1]])),
      /\/gain2/,
    ],
    [
      "has a group for a map",
      "CALIBRATION_NOT_A_DATASET",
      (path) => withLibrary(path, (file) => void file.create_group("gain0")),
    ],
    [
      "has a link that goes round in a circle",
      "CALIBRATION_UNREADABLE_DATA",
      (path) => withLibrary(path, (file) => void file.create_soft_link("/gain0", "gain0")),
    ],
    [
      "has a link into another file",
      "CALIBRATION_NOT_A_DATASET",
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
      "CALIBRATION_TYPE",
      (path) =>
        withLibrary(path, (file) => {
          const data = new Array<string>(MODULE_PIXELS).fill("x");
          for (const name of ["gain0", "gain1", "gain2"]) {
            file.create_dataset({ name, data, shape: [512, 1024], dtype: "S1" });
          }
        }),
    ],
    [
      "holds big-endian numbers",
      "CALIBRATION_TYPE",
      async (path, folder) => {
        const bytes = await readFile(join(folder, "dark0.h5"));
        // How the format describes a little-endian float32; the lowest bit of the second byte is the byte order.
        const float32 = Buffer.from([0x11, 0x20, 0x1f, 0, 4, 0, 0, 0]);
        for (let at = bytes.indexOf(float32); at >= 0; at = bytes.indexOf(float32)) bytes[at + 1] = 0x21;
        await writeFile(path, bytes);
      },
      />f/,
    ],
    [
      "is compressed with a filter that is not here",
      "CALIBRATION_FILTER",
      (path) => compressed(path, "filter"),
      /HDF5 filter 32000/,
    ],
    ["has damaged data", "CALIBRATION_UNREADABLE_DATA", (path) => compressed(path, "data")],
    [
      "has its stages swapped",
      "CALIBRATION_PEDESTAL_KIND",
      (path) => writeDarkFile(path, [flatMap(13500 + 16384), flatMap(2500), flatMap(-2384)]),
    ],
    [
      "holds another quantity",
      "CALIBRATION_PEDESTAL_KIND",
      (path) => writeDarkFile(path, [flatMap(2500), flatMap(13500), flatMap(1e6)]),
      /\/gain2 .*1000000/,
    ],
    [
      "has no pedestal in G0",
      "CALIBRATION_NO_CONSTANTS",
      (path) => writeDarkFile(path, [flatMap(0), flatMap(13500), flatMap(14000)]),
    ],
    [
      "is of PSI with too few maps",
      "CALIBRATION_MAP_COUNT",
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
      "CALIBRATION_ALL_MASKED",
      (path) =>
        writeHdf5(path, {
          gains: gains(3, goodPedestal),
          pixel_mask: { data: new Uint16Array(MODULE_PIXELS).fill(1), shape: [512, 1024] },
        }),
    ],
  ],
  gain: [
    ["is missing", "CALIBRATION_FILE_NOT_FOUND", async () => undefined],
    ["is a folder", "CALIBRATION_NOT_A_FILE", (path) => mkdir(path)],
    ["is empty", "CALIBRATION_FILE_EMPTY", (path) => writeFile(path, "")],
    [
      "is cut short",
      "CALIBRATION_SIZE",
      (path, folder) => cut(join(folder, "gain.bin"), path, 4194304),
      /4194304/,
    ],
    [
      "is a byte too long",
      "CALIBRATION_SIZE",
      async (path, folder) => {
        await writeFile(path, await readFile(join(folder, "gain.bin")));
        await appendFile(path, "x");
      },
    ],
    [
      "is a terabyte",
      "CALIBRATION_SIZE",
      async (path) => {
        await writeFile(path, "x");
        await truncate(path, 2 ** 40);
      },
    ],
    [
      "holds zeros",
      "CALIBRATION_NO_CONSTANTS",
      (path) => writeGainFile(path, [flatMap(0), flatMap(0), flatMap(0)]),
    ],
    [
      "holds no gain in G2",
      "CALIBRATION_NO_CONSTANTS",
      (path) => writeGainFile(path, [GAINS[0], GAINS[1], flatMap(Number.NaN)]),
      /G2/,
    ],
    [
      "is big-endian",
      "CALIBRATION_BYTE_ORDER",
      async (path, folder) => writeFile(path, (await readFile(join(folder, "gain.bin"))).swap64()),
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
      "CALIBRATION_DATASET_MISSING",
      (path) => writeHdf5(path, { data: gains(1, goodGain) }),
    ],
    [
      "is HDF5 with five maps",
      "CALIBRATION_MAP_COUNT",
      (path) => writeHdf5(path, { gains: gains(5, goodGain) }),
    ],
    [
      "is HDF5 with one map",
      "CALIBRATION_SHAPE",
      (path) => writeHdf5(path, { gains: gains(1, goodGain, [512, 1024]) }),
    ],
    [
      "is HDF5 cut short",
      "CALIBRATION_TRUNCATED",
      (path, folder) => cut(join(folder, "dark0.h5"), path, 4096),
    ],
  ],
  mask: [
    ["is missing", "CALIBRATION_FILE_NOT_FOUND", async () => undefined],
    ["is text", "CALIBRATION_NOT_HDF5", (path) => writeFile(path, "0 0 1")],
    ["is a dark file", "CALIBRATION_DATASET_MISSING", (path) => writeDarkFile(path, PEDESTALS)],
    [
      "is a frame",
      "CALIBRATION_MASK_VALUES",
      (path) => writeBadPixelMap(path, flatMap(2500)),
      /2500 at pixel 0/,
    ],
    [
      "holds infinity",
      "CALIBRATION_MASK_VALUES",
      (path) =>
        writeHdf5(path, {
          pixel_mask: { data: flatMap(Number.POSITIVE_INFINITY), shape: [512, 1024] },
        }),
      /Infinity at pixel 0/,
    ],
    [
      "holds fractions",
      "CALIBRATION_MASK_VALUES",
      (path) => writeHdf5(path, { pixel_mask: { data: flatMap(0.5), shape: [512, 1024] } }),
    ],
    ["leaves everything out", "CALIBRATION_ALL_MASKED", (path) => writeBadPixelMap(path, flatMap(0))],
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
  t.true(new Set(codes).size >= 17);
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
      ["CALIBRATION_SAME_MODULE"],
      names.join(),
    );
    t.regex(faults[0]?.[1] ?? "", /dark_filenames\[1\] = '.*Name one a module/);
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
    "CALIBRATION_MODULES_SWAPPED",
    "dark_m1.h5 is of module 1, but gain_m0.bin of module 0. Name both in the same order, top module first.",
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

test.serial("any damage is a fault or none, and a good file is read after it", async (t) => {
  const folder = await goodFolder(t);
  const path = join(folder, "packed.h5");
  await writeHdf5(
    path,
    Object.fromEntries(Object.entries(maps(PEDESTALS)).map(([name, map]) => [name, { ...map, gzip: 9 }])),
  );
  const whole = await readFile(path);
  const damaged = join(folder, "damaged.h5");
  const files = constantsFiles(folder, ["damaged.h5", "dark1.h5"], []);
  const constants = new CollectedConstants();
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
        await writeFile(damaged, bytes);
        constants.pedestals[MODULE_PIXELS] = Number.NaN;
        const faults = await codesAndMessages(
          constantsReader(JUNGFRAU_1M)(files, constants, new RecordedNotes()),
        );
        if (faults.length > 0) refused += 1;
        // The other module's file is read in any case.
        t.is(constants.pedestals[MODULE_PIXELS], 2600);
      },
    ),
    { numRuns: 60 },
  );
  t.true(refused > 0, "damage is seen");
});

test("a file that was damaged is read once it has been repaired in its place, as often as that happens", async (t) => {
  const folder = await goodFolder(t);
  const path = join(folder, "dark0.h5");
  const good = await readFile(path);
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
