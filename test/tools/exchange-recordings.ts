import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { openRecording } from "../../src/recordings/formats.js";
import { check, python } from "../helpers/python.js";

/*
 * Read recordings that h5py writes. Ends with 1 when one comes out different. Needs Debian's python3-h5py.
 *
 *   node dist/test/tools/exchange-recordings.js
 */

/** Each file's frame numbers and CRC-32 of each module's words go to expected.json. */
const WRITE = `
import json, struct, sys, zlib, h5py, numpy as np
folder, expected = sys.argv[1], {}
def image(number):
    return ((np.arange(1024 * 1024, dtype="u4") * (2 * number + 1)) >> 3).astype("u2").reshape(1024, 1024)
def checksums(numbers):
    return [[n, *(zlib.crc32(image(n)[r : r + 512].tobytes()) for r in (0, 512))] for n in numbers]

def sls(name, numbers, per_file, release, **options):
    files = -(-len(numbers) // per_file)
    columns = {"frame number": "u8", "packets caught": "u4", "timestamp": "u8", "row": "u2", "column": "u2",
               "detector specific 3": "u4", "detector type": "u1"}
    for port in (0, 1):
        for part in range(files):
            mine = numbers[part * per_file : (part + 1) * per_file]
            with h5py.File(f"{folder}/{name}_d{port}_f{part}_0.h5", "w", **options) as file:
                data = np.stack([image(n)[512 * port : 512 * (port + 1)] for n in mine])
                file.create_dataset("data", data=data, chunks=(1, 512, 1024), maxshape=(None, 512, 1024), fillvalue=65535)
                values = {"frame number": mine, "packets caught": 128, "timestamp": 1000, "row": port, "detector type": 3}
                for key, dtype in columns.items():
                    column = np.full(len(mine), values.get(key, 0), dtype=dtype)
                    file.create_dataset(key, data=column, chunks=(1,), maxshape=(None,))
    with h5py.File(f"{folder}/{name}_virtual_0.h5", "w", libver="latest") as file:
        layout = h5py.VirtualLayout(shape=(len(numbers), 1024, 1024), dtype="u2")
        for port in (0, 1):
            for part in range(files):
                first, last = part * per_file, min((part + 1) * per_file, len(numbers))
                layout[first:last, 512 * port : 512 * (port + 1)] = h5py.VirtualSource(
                    f"{name}_d{port}_f{part}_0.h5", "data", shape=(last - first, 512, 1024))
        file.create_virtual_dataset("data", layout, fillvalue=65535)
    with h5py.File(f"{folder}/{name}_master_0.h5", "w") as file:
        file.attrs["version"] = release
        detector = file.create_group("entry/instrument/detector")
        text = "S256" if release < 7 else h5py.string_dtype("ascii")
        for key, value in {"Detector Type": "Jungfrau", "Timestamp": "Thu Nov 26 18:55:35 2026\\n",
                           "Acquisition Period": "0.1s"}.items():
            detector.create_dataset(key, data=value.encode(), dtype=text)
        if release < 7:
            detector["Geometry in x axis"], detector["Geometry in y axis"] = np.int32(1), np.int32(2)
        else:
            detector["Geometry"] = np.array((1, 2), dtype=[("x", "i4"), ("y", "i4")])
        file["entry/data/data"] = h5py.ExternalLink(f"/data/gone/{name}_virtual_0.h5", "/data")
    for kind in ("master", "virtual", "d0_f0", "d1_f0"): expected[f"{name}_{kind}_0.h5"] = checksums(numbers)

sls("release9", [41, 42, 43, 44, 45], 2, 6.6)
sls("release10", [7, 8], 10000, 7.0)
sls("newest", [1, 2, 3], 10000, 6.6, libver="latest")

def bitshuffled(words, block=4096):
    # Bits of 8 numbers at a time, those of equal weight together; LZ4 without any repetition.
    out = struct.pack(">QI", words.nbytes, 2 * block)
    for block_words in words.reshape(-1, block):
        bits = np.unpackbits(block_words.view("u1").reshape(block, 2), axis=1, bitorder="little")
        raw = np.packbits(bits.T, axis=1, bitorder="little").tobytes()
        length, more = len(raw) - 15, b""
        while length >= 255: more, length = more + b"\\xff", length - 255
        packed = b"\\xf0" + more + bytes([length]) + raw
        out += struct.pack(">I", len(packed)) + packed
    return out

def swissfel(name, numbers, pack=None, width=None, **options):
    shape, chunks = (len(numbers), 1024, 1024), (1, 1024, 1024)
    with h5py.File(f"{folder}/{name}.h5", "w") as file:
        group = file.create_group("data/JF01T03V01")
        if pack is None:
            group.create_dataset("data", data=np.stack([image(n) for n in numbers]), chunks=chunks, **options)
        else:
            plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            plist.set_chunk(chunks)
            plist.set_filter(32008, h5py.h5z.FLAG_OPTIONAL, (0, 4, 2, 0, 2))
            data = h5py.h5d.create(group.id, b"data", h5py.h5t.NATIVE_UINT16, h5py.h5s.create_simple(shape), plist)
            for index, number in enumerate(numbers): data.write_direct_chunk((index, 0, 0), pack(image(number).ravel()))
        column = lambda values, dtype: np.array(values, dtype=dtype).reshape((-1,) if width is None else (-1, width))
        group["frame_index"] = column(numbers, "u8")
        group["pulse_id"] = column([10**10 + n for n in numbers], "u8")
        group["daq_rec"] = column([0] * len(numbers), "i8")
        group["is_good_frame"] = column([1] * len(numbers), "u1")
    expected[f"{name}.h5"] = checksums(numbers)

swissfel("plain.JF01T03V01", [601, 602, 605])
swissfel("columns.JF01T03V01", [601, 602], width=1)
swissfel("lzf.JF01T03V01", [601, 602], compression="lzf")
swissfel("gzip.JF01T03V01", [601, 602], compression="gzip", compression_opts=1, shuffle=True)
swissfel("bitshuffle.JF01T03V01", [601, 602, 603], pack=bitshuffled)
# Ten thousand frames, 20 GB, of which the file holds the first and the last.
with h5py.File(f"{folder}/sparse.h5", "w") as file:
    group = file.create_group("data/JF01T03V01")
    data = group.create_dataset("data", (10000, 1024, 1024), "u2")
    data[0], data[9999] = image(1), image(10000)
    group["frame_index"] = np.arange(1, 10001, dtype="u8")
json.dump(expected, open(f"{folder}/expected.json", "w"))
`;

type Checksums = readonly (readonly [frameNumber: number, ...crc32: number[]])[];

async function checksumsOf(path: string): Promise<Checksums> {
  const recording = await openRecording(path, JUNGFRAU_1M);
  try {
    const checksums: (readonly [number, ...number[]])[] = [];
    for (let index = 0; index < recording.length; index++) {
      const { frames } = await recording.read(index);
      checksums.push([Number(recording.numberOf(index)), ...frames.map(({ raw }) => crc32(raw))]);
    }
    return checksums;
  } finally {
    recording.close();
  }
}

/** Read a file of 20 GB here and there, and all of its beginning. @returns what was wrong */
async function readSparse(path: string): Promise<string | undefined> {
  const recording = await openRecording(path, JUNGFRAU_1M);
  try {
    const before = process.memoryUsage.rss();
    const indices = Array.from({ length: 1000 }, (_, index) => (index < 500 ? index : index * 9 + 1008));
    for (const index of indices) {
      const { frames } = await recording.read(index);
      const isWritten = index === 0 || index === recording.length - 1;
      if (frames.some(({ complete }) => complete !== isWritten))
        return `frame ${index} is ${isWritten ? "lost" : "made up"}`;
      for (const frame of frames) frame.release?.();
    }
    const grown = process.memoryUsage.rss() - before;
    if (indices.at(-1) !== recording.length - 1) return `it holds ${recording.length} frames`;
    return grown < 64 * 2 ** 20 ? undefined : `memory grew by ${Math.round(grown / 2 ** 20)} MiB`;
  } finally {
    recording.close();
  }
}

const folder = mkdtempSync(join(tmpdir(), "om-jungfrau-exchange-"));
try {
  await check("python3 with h5py writes the files", async () => {
    python(WRITE, folder);
    return undefined;
  });
  if (process.exitCode === undefined) {
    const files: Record<string, Checksums> = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
    for (const [name, expected] of Object.entries(files)) {
      await check(`${name}: written by Python, read here`, async () => {
        const found = JSON.stringify(await checksumsOf(join(folder, name)));
        return found === JSON.stringify(expected) ? undefined : `${found} is not ${JSON.stringify(expected)}`;
      });
    }
    await check("20 GB are read in constant memory", () => readSparse(join(folder, "sparse.h5")));
  }
} finally {
  rmSync(folder, { recursive: true });
}
