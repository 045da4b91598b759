import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeHdf5 } from "../../src/constants/hdf5-write.js";
import { MODULE_PIXELS } from "../../src/detector.js";
import {
  flatMap,
  GAINS,
  PEDESTALS,
  writeBadPixelMap,
  writeDarkFile,
  writeGainFile,
} from "./constants-files.js";
import { boolType, floatType, integerType, type RawGroup, writeRawHdf5 } from "./raw-hdf5.js";
import { stackedMaps, withLibrary, writeFiltered, writeNpy } from "./unusual-files.js";

/** A file as it comes in the field. docs/constants-files.md has a row for each. */
export interface FieldFile {
  /** As the document calls it. */
  readonly what: string;
  readonly write: (path: string, folder: string) => Promise<unknown>;
  /** What a pixel has after reading it: pedestals or gains in G0, G1, G2 (and HG0), or whether it is masked. */
  readonly gives?: readonly number[];
}

/** The pixel of which `gives` speaks. */
export const PIXEL = 9;

const DARK = [2500, 13500, 14000];
const HIGH_GAIN_DARK = [...DARK, 2700];
const GAIN = [40, -1.5, -0.125];
const HIGH_GAIN = [...GAIN, 90];
const MODULE = [512, 1024];
const NONE = Number.NaN;

const bytesOf = ({ buffer }: Float32Array | Float64Array) => new Uint8Array(buffer as ArrayBuffer);
const omMaps = () =>
  Object.fromEntries(PEDESTALS.map((data, stage) => [`gain${stage}`, { data, shape: MODULE }]));
const rawMaps = (type: Buffer, bytes: (map: Float32Array) => Uint8Array): RawGroup =>
  Object.fromEntries(
    PEDESTALS.map((map, stage) => [`gain${stage}`, { type, shape: MODULE, data: bytes(map) }]),
  );
const gzipped = (path: string) => writeFile(path, Buffer.from("\x1f\x8b\x08\0\0\0\0\0", "latin1"));
const virtual = (sourceFile: string, names: readonly string[], type: Buffer): RawGroup =>
  Object.fromEntries(
    names.map((name) => [name, { type, shape: MODULE, sourceFile, sourceDataset: `/${name}` }]),
  );
const DARK_NAMES = ["gain0", "gain1", "gain2"];

/** A value in float16, of those that are needed. */
const float16 = (map: Float32Array) => {
  const exponent = Math.floor(Math.log2(map[0] as number));
  const fraction = Math.round(((map[0] as number) / 2 ** exponent - 1) * 1024);
  return new Uint8Array(new Uint16Array(map.length).fill(((exponent + 15) << 10) | fraction).buffer);
};

/** A mask that leaves out {@link PIXEL} alone. @param good  what other pixels hold */
const mask = (good: 0 | 1) => {
  const map = new Uint8Array(MODULE_PIXELS).fill(good);
  map[PIXEL] = 1 - good;
  return map;
};
const rawMask = (type: Buffer, good: 0 | 1 = 0) => ({ type, shape: MODULE, data: mask(good) });

const DARK_FILES: readonly FieldFile[] = [
  { what: "OM, ADC values", write: (path) => writeDarkFile(path, PEDESTALS), gives: DARK },
  {
    what: "OM, averages of uint16 words",
    write: (path) => writeDarkFile(path, [flatMap(2500), flatMap(13500 + 0x4000), flatMap(14000 + 0xc000)]),
    gives: DARK,
  },
  {
    what: "OM, averages of int16 words",
    write: (path) => writeDarkFile(path, [flatMap(2500), flatMap(13500 + 0x4000), flatMap(14000 - 0x4000)]),
    gives: DARK,
  },
  {
    what: "OM, uint16",
    write: (path) => {
      const map = (value: number) => new Uint16Array(MODULE_PIXELS).fill(value);
      return writeDarkFile(path, [map(2500), map(13500), map(14000)]);
    },
    gives: DARK,
  },
  {
    what: "OM, float16",
    write: (path) => writeRawHdf5(path, rawMaps(floatType(2), float16)),
    // Its steps are 8 ADU here.
    gives: [2500, 13504, 14000],
  },
  {
    what: "OM, big-endian float64",
    write: (path) =>
      writeRawHdf5(
        path,
        rawMaps(floatType(8, true), (map) => Buffer.from(bytesOf(Float64Array.from(map))).swap64()),
      ),
    gives: DARK,
  },
  {
    what: "OM, big-endian float32",
    write: (path) =>
      writeRawHdf5(
        path,
        rawMaps(floatType(4, true), (map) => Buffer.from(bytesOf(map.slice())).swap32()),
      ),
    gives: DARK,
  },
  {
    what: "OM, gzip",
    write: (path) =>
      writeHdf5(
        path,
        Object.fromEntries(Object.entries(omMaps()).map(([name, map]) => [name, { ...map, gzip: 4 }])),
      ),
    gives: DARK,
  },
  ...(
    [
      ["szip", [4, 141, 32]],
      ["bzip2", [307, 9]],
      ["LZF", [32000]],
      ["Blosc", [32001, 0, 0, 0, 0, 5, 1, 1]],
      ["LZ4", [32004, 0]],
      ["bitshuffle with LZ4", [32008, 0, 2]],
      ["bitshuffle with zstd", [32008, 0, 3, 3]],
      ["zstd", [32015, 3]],
      ["Blosc2", [32026, 0, 0, 0, 0, 5, 1, 1]],
    ] as const
  ).map(([name, filter]) => ({
    what: `OM, ${name}`,
    write: (path: string) => writeFiltered(path, omMaps(), filter),
    gives: DARK,
  })),
  {
    what: "OM, ZFP, which is lossy",
    write: (path) => writeFiltered(path, omMaps(), [32013, 1, 0, 0, 1074921472, 0, 0]),
  },
  {
    what: "OM, `/gain2` all zeros: no pixel was in G2",
    write: (path) => writeDarkFile(path, [PEDESTALS[0], PEDESTALS[1], flatMap(0)]),
    gives: [2500, 13500, NONE],
  },
  {
    what: "OM, without `/gain2`",
    write: (path) => {
      const { gain2: _, ...others } = omMaps();
      return writeHdf5(path, others);
    },
  },
  {
    what: "OM, maps in a virtual dataset beside its source",
    write: async (path, folder) => {
      await writeFiltered(join(folder, "source.h5"), omMaps(), [32000]);
      await writeRawHdf5(path, virtual("source.h5", DARK_NAMES, floatType(4)));
    },
    gives: DARK,
  },
  {
    what: "OM, maps in a virtual dataset whose source is missing",
    write: (path) => writeRawHdf5(path, virtual("gone.h5", DARK_NAMES, floatType(4))),
  },
  {
    what: "OM, maps linked to another file",
    write: (path) =>
      withLibrary(path, (file) => {
        for (const name of DARK_NAMES) file.create_external_link("other.h5", `/${name}`, name);
      }),
  },
  {
    what: "PSI, `/gains` [3, 512, 1024] and `/pixel_mask`",
    write: (path) =>
      writeHdf5(path, {
        gains: stackedMaps(DARK),
        pixel_mask: { data: Int16Array.from(mask(0)), shape: MODULE },
      }),
    gives: DARK,
  },
  {
    what: "PSI, `/gains` [4, 1024, 1024], both modules with HG0",
    write: (path) => writeHdf5(path, { gains: stackedMaps(HIGH_GAIN_DARK, [4, 1024, 1024]) }),
    gives: HIGH_GAIN_DARK,
  },
  {
    what: "PSI, G1 and G2 not measured: zeros",
    write: (path) => writeHdf5(path, { gains: stackedMaps([2500, 0, 0]) }),
    gives: [2500, NONE, NONE],
  },
  {
    what: "PSI, G2 not measured: NaN",
    write: (path) => writeHdf5(path, { gains: stackedMaps([2500, 13500, NONE, 0]) }),
    gives: [2500, 13500, NONE, NONE],
  },
  {
    what: "PSI, only HG0",
    write: (path) => writeHdf5(path, { gains: stackedMaps([0, 0, 0, 2700]) }),
    gives: [NONE, NONE, NONE, 2700],
  },
  { what: "PSI, no stage measured", write: (path) => writeHdf5(path, { gains: stackedMaps([0, 0, 0, 0]) }) },
  {
    what: "LCLS, `.npy` [3, 512, 1024]",
    write: (path) => writeNpy(path, stackedMaps(DARK).data, [3, ...MODULE]),
    gives: DARK,
  },
  {
    what: "LCLS, `.npy` [3, 2, 512, 1024], both modules",
    write: (path) => writeNpy(path, stackedMaps(DARK, [3, 1024, 1024]).data, [3, 2, ...MODULE]),
    gives: DARK,
  },
  {
    what: "`.npy`, big-endian float64, with HG0",
    write: (path) =>
      writeNpy(
        path,
        new Float64Array(
          new Uint8Array(Buffer.from(bytesOf(Float64Array.from(stackedMaps(HIGH_GAIN_DARK).data))).swap64())
            .buffer,
        ),
        [4, ...MODULE],
        { descr: ">f8" },
      ),
    gives: HIGH_GAIN_DARK,
  },
  {
    what: "`.npy` in Fortran order",
    write: (path) => writeNpy(path, stackedMaps(DARK).data, [3, ...MODULE], { isFortran: true }),
  },
  {
    what: "`.npy`, truncated",
    write: (path) => writeNpy(path, stackedMaps(DARK).data.subarray(0, MODULE_PIXELS), [3, ...MODULE]),
  },
  { what: "`.npz`", write: (path) => writeFile(path, "PK\x03\x04") },
  {
    what: "HDF5 with text",
    write: (path) =>
      withLibrary(path, (file) => {
        const data = new Array<string>(MODULE_PIXELS).fill("x");
        for (const name of DARK_NAMES) file.create_dataset({ name, data, shape: [...MODULE], dtype: "S1" });
      }),
  },
  {
    what: "HDF5 with float128",
    write: (path) =>
      writeRawHdf5(
        path,
        rawMaps(floatType(16), () => new Uint8Array(16 * MODULE_PIXELS)),
      ),
  },
  {
    what: "HDF5 from another detector",
    write: (path) => writeHdf5(path, { gains: stackedMaps(DARK, [3, 514, 1030]) }),
  },
  { what: "a gain file", write: (path) => writeGainFile(path, GAINS) },
  { what: "text", write: (path) => writeFile(path, "# pedestals\n2500 2500\n") },
];

const GAIN_FILES: readonly FieldFile[] = [
  { what: "PSI, `.bin` of 3 maps", write: (path) => writeGainFile(path, GAINS), gives: GAIN },
  {
    what: "PSI, `.bin` of 4 maps, with HG0",
    write: (path) => writeGainFile(path, [...GAINS, flatMap(90)]),
    gives: HIGH_GAIN,
  },
  {
    what: "`.bin`, big-endian",
    write: async (path) => {
      await writeGainFile(path, GAINS);
      await writeFile(path, (await readFile(path)).swap64());
    },
    gives: GAIN,
  },
  {
    what: "PSI, HDF5 with `/gains` [6, 512, 1024]",
    write: (path) => writeHdf5(path, { gains: stackedMaps([...HIGH_GAIN, -1.5, -0.125]) }),
    gives: HIGH_GAIN,
  },
  {
    what: "LCLS, `.npy` [3, 1, 512, 1024]",
    write: (path) => writeNpy(path, stackedMaps(GAIN).data, [3, 1, ...MODULE]),
    gives: GAIN,
  },
  { what: "LCLS, `.npy` of one stage, [512, 1024]", write: (path) => writeNpy(path, flatMap(40), MODULE) },
  {
    what: "absolute gains: positive in G1 and G2",
    write: (path) => writeGainFile(path, stages([40, 1.5, 0.125])),
  },
  { what: "gains in ADU/eV", write: (path) => writeGainFile(path, stages(GAIN.map((gain) => gain / 1000))) },
  { what: "gains in keV/ADU", write: (path) => writeGainFile(path, stages(GAIN.map((gain) => 1 / gain))) },
  { what: "gains in eV/ADU", write: (path) => writeGainFile(path, stages(GAIN.map((gain) => 1000 / gain))) },
  {
    what: "gains in ADU per photon of 12 keV",
    write: (path) => writeGainFile(path, stages(GAIN.map((gain) => 12 * gain))),
    gives: GAIN.map((gain) => 12 * gain),
  },
  {
    what: "G0 and G1 in the wrong order",
    write: (path) => writeGainFile(path, stages([-1.5, 40, -0.125])),
    gives: [-1.5, 40, -0.125],
  },
  { what: "no gain in G2", write: (path) => writeGainFile(path, stages([40, -1.5, 0])) },
  { what: "a dark file of OM", write: (path) => writeDarkFile(path, PEDESTALS) },
  {
    what: "PSI pedestals, G1 and G2 not measured",
    write: (path) => writeHdf5(path, { gains: stackedMaps([2500, 0, 0]) }),
  },
  { what: "`.bin`, truncated", write: (path) => writeFile(path, new Uint8Array(8 * MODULE_PIXELS)) },
  { what: "`.bin.gz`", write: gzipped },
];

const MASK_FILES: readonly FieldFile[] = [
  {
    what: "PSI, `/pixel_mask`",
    write: (path) =>
      writeHdf5(path, { pixel_mask: { data: BigInt64Array.from(mask(0), BigInt), shape: MODULE } }),
    gives: [1],
  },
  {
    what: "NeXus, `/entry/instrument/detector/pixel_mask`",
    write: (path) =>
      writeRawHdf5(path, { entry: { instrument: { detector: { pixel_mask: rawMask(integerType(1)) } } } }),
    gives: [1],
  },
  {
    what: "numpy's bool in `/pixel_mask`, True is bad",
    write: (path) => writeRawHdf5(path, { pixel_mask: rawMask(boolType()) }),
    gives: [1],
  },
  {
    what: "numpy's bool of zeros: `np.zeros((512, 1024), bool)`",
    write: (path) =>
      writeRawHdf5(path, {
        pixel_mask: { type: boolType(), shape: MODULE, data: new Uint8Array(MODULE_PIXELS) },
      }),
    gives: [0],
  },
  {
    what: "OM, `/data/data`, 1 is good",
    write: (path) => writeBadPixelMap(path, Uint16Array.from(mask(1))),
    gives: [1],
  },
  {
    what: "numpy's bool in `/data/data`, True is good",
    write: (path) => writeRawHdf5(path, { data: { data: rawMask(boolType(), 1) } }),
    gives: [1],
  },
  { what: "CrystFEL, `/mask`", write: (path) => writeRawHdf5(path, { mask: rawMask(integerType(1), 1) }) },
  { what: "`.npy`", write: (path) => writeNpy(path, mask(0), MODULE, { descr: "|b1" }) },
  { what: "TIFF", write: (path) => writeFile(path, "II*\0") },
  { what: "CBF", write: (path) => writeFile(path, "###CBF: VERSION 1.5") },
  {
    what: "a virtual dataset whose source is missing",
    write: (path) => writeRawHdf5(path, virtual("gone.h5", ["pixel_mask"], integerType(1))),
  },
  {
    what: "good and bad inverted: few pixels are good",
    write: (path) => writeRawHdf5(path, { pixel_mask: rawMask(integerType(1), 1) }),
    gives: [0],
  },
  { what: "every pixel is bad", write: (path) => writeBadPixelMap(path, flatMap(0)) },
  {
    what: "a mask with gaps between chips",
    write: (path) =>
      writeHdf5(path, { pixel_mask: { data: new Int16Array(514 * 1030), shape: [514, 1030] } }),
  },
  { what: "a frame in `/data/data`", write: (path) => writeBadPixelMap(path, flatMap(2500)) },
];

/** By the key that names them. */
export const FIELD_FILES = { dark: DARK_FILES, gain: GAIN_FILES, mask: MASK_FILES } as const;

function stages(values: readonly number[]): Float32Array[] {
  return values.map(flatMap);
}
