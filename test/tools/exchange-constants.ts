import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { writeHdf5 } from "../../src/constants/hdf5-write.js";
import {
  type ConstantsFiles,
  constantsReader,
  type PedestalMaps,
  writeOmPedestals,
  writePsiPedestals,
} from "../../src/constants/index.js";
import { JUNGFRAU_1M, MODULE_PIXELS } from "../../src/detector.js";
import { CollectedConstants } from "../helpers/calibrators.js";
import { check, python } from "../helpers/python.js";
import { stackedMaps, writeFiltered } from "../helpers/unusual-files.js";

/*
 * Exchange constants files with h5py and numpy, in both directions. Ends with 1 when one comes out different. Needs Debian's
 * python3-h5py.
 *
 *   node dist/test/tools/exchange-constants.js
 */

/** Maps whose pixels all differ, so that one in another place or byte order shows. */
const WRITE = `
import sys, h5py, numpy as np
folder = sys.argv[1]
pixels = np.arange(1024 * 1024, dtype="f8").reshape(1024, 1024) % 500
dark = [2500 + pixels, 13500 + pixels, 14000 + pixels]
names = ["gain0", "gain1", "gain2"]
def write(name, dtype="f4", libver=None, **options):
    with h5py.File(f"{folder}/{name}.h5", "w", libver=libver) as file:
        for key, values in zip(names, dark): file.create_dataset(key, data=values.astype(dtype), **options)
write("plain")
write("float64", "f8")
write("float16", "f2")
write("uint16", "u2")
write("big-endian", ">f4")
write("big-endian-float64", ">f8")
write("big-endian-int16", ">i2")
write("gzip", compression="gzip", shuffle=True, fletcher32=True, chunks=(128, 1024))
write("lzf", compression="lzf")
write("lzf-shuffle", compression="lzf", shuffle=True, chunks=(100, 100))
write("szip", "i2", compression="szip")
write("scaleoffset", "i4", scaleoffset=0)
write("latest", libver="latest", compression="lzf")
def source(rows, name, dataset): return h5py.VirtualSource(f"{name}.h5", dataset, shape=rows)
for module in (0, 1):
    with h5py.File(f"{folder}/module{module}.h5", "w") as file:
        for key, values in zip(names, dark):
            file.create_dataset(key, data=values[512 * module : 512 * (module + 1)].astype("f4"), compression="lzf")
with h5py.File(f"{folder}/virtual.h5", "w", libver="latest") as file:
    for key in names:
        layout = h5py.VirtualLayout(shape=(1024, 1024), dtype="f4")
        for module in (0, 1):
            layout[512 * module : 512 * (module + 1)] = source((512, 1024), f"module{module}", key)
        file.create_virtual_dataset(key, layout)
with h5py.File(f"{folder}/same-file.h5", "w") as file:
    for key, values in zip(names, dark):
        file["raw/" + key] = values.astype("f4")
        layout = h5py.VirtualLayout(shape=(1024, 1024), dtype="f4")
        layout[...] = h5py.VirtualSource(file["raw/" + key])
        file.create_virtual_dataset(key, layout)
np.save(f"{folder}/float64.npy", np.stack(dark))
np.save(f"{folder}/big-endian.npy", np.stack(dark).astype(">f4"))
np.save(f"{folder}/modules.npy", np.stack(dark).astype("f4").reshape(3, 2, 512, 1024))
bad = pixels == 7
with h5py.File(f"{folder}/mask-bool.h5", "w") as file: file["pixel_mask"] = bad
with h5py.File(f"{folder}/mask-nexus.h5", "w") as file:
    file.create_dataset("entry/instrument/detector/pixel_mask", data=bad.astype(">u4"), compression="lzf")
with h5py.File(f"{folder}/mask-om.h5", "w") as file: file["data/data"] = ~bad
`;

const DARK_FILES = [
  "plain.h5",
  "float64.h5",
  "float16.h5",
  "uint16.h5",
  "big-endian.h5",
  "big-endian-float64.h5",
  "big-endian-int16.h5",
  "gzip.h5",
  "lzf.h5",
  "lzf-shuffle.h5",
  "szip.h5",
  "scaleoffset.h5",
  "latest.h5",
  "virtual.h5",
  "same-file.h5",
  "float64.npy",
  "big-endian.npy",
  "modules.npy",
];
const MASK_FILES = ["mask-bool.h5", "mask-nexus.h5", "mask-om.h5"];

/** Steps of float16 near 14000 ADU are 8 ADU. */
const FLOAT16_ERROR = 4;

/** Sums of a file's maps in float64, as text. */
const READ = `
import sys, h5py
with h5py.File(sys.argv[1]) as file:
    print(*(repr(float(file["gains"][index].astype("f8").sum())) for index in range(len(file["gains"]))))
`;

/** What `om-jungfrau dark` writes, as h5py finds it: types and shapes, attributes, and sums of integers that float64 holds. */
const DESCRIBE = `
import sys, json, h5py
with h5py.File(sys.argv[1]) as file:
    print(json.dumps({
        "arrays": {name: [str(data.dtype), list(data.shape), float(data[()].astype("f8").sum())] for name, data in file.items()},
        "attributes": {name: value if isinstance(value, str) else float(value) for name, value in file.attrs.items()},
    }, sort_keys=True))
`;

/** Darks of every stage whose pixels all differ, with a bad pixel that was never seen. */
function knownDarks(): readonly PedestalMaps[] {
  const { pixels } = JUNGFRAU_1M;
  const map = (value: (pixel: number) => number) =>
    new Float32Array(pixels).map((_, pixel) => (pixel === 7 ? 0 : value(pixel)));
  return (["g0", "g1", "g2", "hg0"] as const).map((stage, index) => ({
    stage,
    mean: map((pixel) => ([2500, 13500, 14000, 2400][index] as number) + (pixel % 500)),
    rms: map((pixel) => 2 + index + (pixel % 8)),
    samples: new Uint32Array(map(() => 1000 + index)),
  }));
}

function sumOf(values: Float32Array | Uint32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

async function read(files: Partial<Record<keyof ConstantsFiles, string>>): Promise<CollectedConstants> {
  const constants = new CollectedConstants();
  const named = (name: string | undefined) =>
    name === undefined ? [] : [{ path: join(folder, name), where: name }];
  const { dark, gain, mask } = files;
  await constantsReader(JUNGFRAU_1M)({ dark: named(dark), gain: named(gain), mask: named(mask) }, constants, {
    info: () => undefined,
    warn: () => undefined,
  });
  return constants;
}

/** The first pixel that is not as Python wrote it. */
function differentPedestal({ pedestals }: CollectedConstants, allowed: number): string | undefined {
  for (const [stage, base] of [2500, 13500, 14000].entries()) {
    for (let pixel = 0; pixel < JUNGFRAU_1M.pixels; pixel++) {
      const found = pedestals[stage * JUNGFRAU_1M.pixels + pixel] as number;
      const expected = base + (pixel % 500);
      if (!(Math.abs(found - expected) <= allowed))
        return `G${stage}, pixel ${pixel} is ${found}, not ${expected}`;
    }
  }
  return undefined;
}

function difference(found: unknown, expected: unknown): string | undefined {
  if (isDeepStrictEqual(found, expected)) return undefined;
  return `${JSON.stringify(found)} is not ${JSON.stringify(expected)}`;
}

const folder = mkdtempSync(join(tmpdir(), "om-jungfrau-exchange-"));
try {
  await check("python3 with h5py and numpy writes the files", async () => {
    python(WRITE, folder);
    return undefined;
  });
  if (process.exitCode === undefined) {
    for (const name of DARK_FILES) {
      await check(`${name}: written by Python, read here`, async () =>
        differentPedestal(await read({ dark: name }), name === "float16.h5" ? FLOAT16_ERROR : 0),
      );
    }
    for (const name of MASK_FILES) {
      await check(`${name}: written by Python, read here`, async () => {
        const { masked } = await read({ mask: name });
        const pixel = masked.findIndex((value, index) => value !== Number(index % 500 === 7));
        return pixel < 0 ? undefined : `pixel ${pixel} is ${masked[pixel]}`;
      });
    }
    await check("a virtual dataset without its sources is refused", async () => {
      rmSync(join(folder, "module1.h5"));
      return read({ dark: "virtual.h5" }).then(
        () => "it was read",
        ({ message }: Error) => (message.includes("module1.h5") ? undefined : message),
      );
    });
    const darks = knownDarks();
    const attributes = { created: "2026-03-29T01:00:00.000Z", exposure_time: 100 };
    const described = (path: string) => JSON.parse(python(DESCRIBE, path));
    await check("pedestals of `om-jungfrau dark --format psi`: written here, read by h5py", async () => {
      const path = join(folder, "pedestal.h5");
      const mask = new Uint32Array(JUNGFRAU_1M.pixels);
      mask[7] = 2 ** 27 + 1;
      await writePsiPedestals(path, darks, mask, attributes);
      const planes = (of: (one: PedestalMaps) => Float32Array | Uint32Array) =>
        darks.reduce((sum, one) => sum + sumOf(of(one)), 0);
      return difference(described(path), {
        arrays: {
          gains: ["float32", [4, 1024, 1024], planes(({ mean }) => mean)],
          gainsRMS: ["float32", [4, 1024, 1024], planes(({ rms }) => rms)],
          samples: ["uint32", [4, 1024, 1024], planes(({ samples }) => samples)],
          pixel_mask: ["uint32", [1024, 1024], mask[7]],
        },
        attributes,
      });
    });
    await check("pedestals of `om-jungfrau dark --format om`: written here, read by h5py", async () => {
      const path = join(folder, "dark_m0.h5");
      const maps = darks.slice(0, 3).map(({ mean }) => mean.subarray(0, MODULE_PIXELS));
      await writeOmPedestals(path, maps, attributes);
      // Averages of int16 words: with the gain bits, those of G2 as a negative number.
      const arrays = maps.map((map, stage) => {
        const offset = [0, 0x4000, -0x4000][stage] as number;
        return [`gain${stage}`, ["float32", [512, 1024], sumOf(map) + offset * (MODULE_PIXELS - 1)]];
      });
      return difference(described(path), { arrays: Object.fromEntries(arrays), attributes });
    });
    const gains = { gains: stackedMaps([40, -1.5, -0.125]) };
    const sums = [40, -1.5, -0.125].map((gain) => gain * MODULE_PIXELS);
    for (const [what, write] of [
      ["plain", (path: string) => writeHdf5(path, gains)],
      ["with gzip", (path: string) => writeHdf5(path, { gains: { ...gains.gains, gzip: 4 } })],
      ["with LZF", (path: string) => writeFiltered(path, gains, [32000])],
    ] as const) {
      await check(`HDF5 ${what}: written here, read by h5py`, async () => {
        const path = join(folder, "written.h5");
        await write(path);
        const found = python(READ, path).split(" ").map(Number);
        return sums.every((sum, index) => sum === found[index]) ? undefined : `${found} is not ${sums}`;
      });
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
