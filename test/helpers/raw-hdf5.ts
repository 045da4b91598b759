import { writeFile } from "node:fs/promises";
import { product } from "../../src/constants/number-array.js";
import { MODULE_COLUMNS, MODULE_PIXELS, MODULE_ROWS } from "../../src/detector.js";

/*
 * HDF5 files that h5wasm cannot write: any type of numbers, virtual datasets, and external storage. Superblock and object headers are of the
 * oldest version, groups hold their links in the header.
 *
 * See https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
 */

/** A dataset of numbers, one that is another file's dataset, or one whose numbers are the bytes of another file. */
export type RawDataset =
  | { readonly type: Buffer; readonly shape: readonly number[]; readonly data: Uint8Array }
  | {
      readonly type: Buffer;
      readonly shape: readonly number[];
      readonly sourceFile: string;
      readonly sourceDataset: string;
      /** How many times its numbers are taken from there, each time all of them; once by default. */
      readonly times?: number;
    }
  | { readonly type: Buffer; readonly shape: readonly number[]; readonly externalFile: string };

/** Datasets and groups by name. */
export interface RawGroup {
  readonly [name: string]: RawDataset | RawGroup;
}

const UNDEFINED_ADDRESS = Buffer.alloc(8, 0xff);
const SUPERBLOCK_BYTES = 96;
const MIN_HEAP_BYTES = 4096;

export async function writeRawHdf5(path: string, root: RawGroup): Promise<void> {
  const image = new FileImage();
  const rootAddress = image.addGroup(root);
  await writeFile(path, image.finish(rootAddress));
}

/**
 * A dark file of OM, flat, of one module, that HDF5 reads for a while without a pause.
 *
 * @param times  how many times the first map is read; 5,000 times take some second
 */
export async function writeSlowDarkFile(path: string, times: number): Promise<void> {
  const map = (adu: number) => {
    const data = Buffer.from(new Float32Array(MODULE_PIXELS).fill(adu).buffer);
    return { type: floatType(4), shape: [MODULE_ROWS, MODULE_COLUMNS], data };
  };
  const { type, shape } = map(0);
  await writeRawHdf5(path, {
    gain0: { type, shape, sourceFile: ".", sourceDataset: "/source", times },
    gain1: map(13500),
    gain2: map(14000),
    source: map(2500),
  });
}

/** IEEE floats. */
export function floatType(sizeBytes: 2 | 4 | 8 | 16, isBigEndian = false): Buffer {
  const [exponentBits, mantissaBits] = { 2: [5, 10], 4: [8, 23], 8: [11, 52], 16: [15, 112] }[sizeBytes] as [
    number,
    number,
  ];
  const bits = 8 * sizeBytes;
  return Buffer.concat([
    // Class 1, version 1; a leading mantissa bit that is not stored; the place of the sign.
    Buffer.from([0x11, 0x20 | Number(isBigEndian), bits - 1, 0]),
    u32(sizeBytes),
    u16(0),
    u16(bits),
    Buffer.from([mantissaBits, exponentBits, 0, mantissaBits]),
    u32(2 ** (exponentBits - 1) - 1),
  ]);
}

/** Signed integers. */
export function integerType(sizeBytes: number, isBigEndian = false): Buffer {
  return Buffer.concat([
    Buffer.from([0x10, 0x08 | Number(isBigEndian), 0, 0]),
    u32(sizeBytes),
    u16(0),
    u16(8 * sizeBytes),
  ]);
}

/** numpy's bool as h5py stores it: an enumeration of bytes. */
export function boolType(): Buffer {
  const names = ["FALSE", "TRUE"].map((name) => padded(Buffer.from(`${name}\0`)));
  return Buffer.concat([
    Buffer.from([0x18, names.length, 0, 0]),
    u32(1),
    integerType(1),
    ...names,
    Buffer.from([0, 1]),
  ]);
}

class FileImage {
  readonly #blocks: Buffer[] = [Buffer.alloc(SUPERBLOCK_BYTES)];
  #length = SUPERBLOCK_BYTES;

  addGroup(group: RawGroup): number {
    const links = Object.entries(group).map(([name, entry]) => {
      const address = isDataset(entry) ? this.#addDataset(entry) : this.addGroup(entry);
      return message(0x06, Buffer.from([1, 0, name.length]), Buffer.from(name), u64(address));
    });
    const linkInfo = message(0x02, Buffer.from([0, 0]), UNDEFINED_ADDRESS, UNDEFINED_ADDRESS);
    return this.#add(objectHeader([linkInfo, message(0x0a, Buffer.from([0, 0])), ...links]));
  }

  finish(rootAddress: number): Buffer {
    const bytes = Buffer.concat(this.#blocks);
    Buffer.concat([
      Buffer.from("\x89HDF\r\n\x1a\n", "latin1"),
      // Versions, sizes of addresses and lengths, sizes of B-tree nodes, flags.
      Buffer.from([0, 0, 0, 0, 0, 8, 8, 0, 4, 0, 16, 0, 0, 0, 0, 0]),
      u64(0),
      UNDEFINED_ADDRESS,
      u64(bytes.length),
      UNDEFINED_ADDRESS,
      u64(0),
      u64(rootAddress),
    ]).copy(bytes);
    return bytes;
  }

  #addDataset(dataset: RawDataset): number {
    const layout = this.#addLayout(dataset);
    if ("data" in dataset && dataset.data.length !== product(dataset.shape) * dataset.type.readUInt32LE(4))
      throw new Error("data and shape differ");
    const dimensions = dataset.shape.map(u64);
    return this.#add(
      objectHeader([
        message(0x01, Buffer.from([1, dimensions.length, 0, 0, 0, 0, 0, 0]), ...dimensions),
        message(0x03, dataset.type),
        message(0x05, Buffer.from([2, 2, 2, 0])),
        ...layout,
      ]),
    );
  }

  /** Where a dataset's numbers are. */
  #addLayout(dataset: RawDataset): Buffer[] {
    if ("data" in dataset) {
      const address = this.#add(Buffer.from(dataset.data));
      return [message(0x08, Buffer.from([3, 1]), u64(address), u64(dataset.data.length))];
    }
    if ("sourceFile" in dataset)
      return [message(0x08, Buffer.from([4, 3]), u64(this.#add(virtualHeap(dataset))), u32(1))];
    const size = u64(product(dataset.shape) * dataset.type.readUInt32LE(4));
    // The first name in a local heap is empty.
    const names = Buffer.concat([Buffer.alloc(8), padded(Buffer.from(`${dataset.externalFile}\0`))]);
    const heap = Buffer.concat([
      Buffer.from("HEAP\0\0\0\0"),
      u64(names.length),
      u64(1),
      u64(this.#add(names)),
    ]);
    const oneFile = Buffer.concat([Buffer.from([1, 0, 0, 0]), u16(1), u16(1), u64(this.#add(heap))]);
    return [
      message(0x07, oneFile, u64(8), u64(0), size),
      message(0x08, Buffer.from([3, 1]), UNDEFINED_ADDRESS, size),
    ];
  }

  #add(block: Buffer): number {
    const address = this.#length;
    this.#blocks.push(padded(block));
    this.#length += padded(block).length;
    return address;
  }
}

function isDataset(entry: RawDataset | RawGroup): entry is RawDataset {
  return Buffer.isBuffer(entry.type);
}

function objectHeader(messages: readonly Buffer[]): Buffer {
  const body = Buffer.concat(messages);
  return Buffer.concat([Buffer.from([1, 0]), u16(messages.length), u32(1), u32(body.length), u32(0), body]);
}

function message(type: number, ...parts: readonly Buffer[]): Buffer {
  const body = padded(Buffer.concat(parts));
  return Buffer.concat([u16(type), u16(body.length), u32(0), body]);
}

/** A global heap whose first object says that all of a dataset is all of another. */
function virtualHeap({
  sourceFile,
  sourceDataset,
  times = 1,
}: {
  readonly sourceFile: string;
  readonly sourceDataset: string;
  readonly times?: number;
}): Buffer {
  const everything = Buffer.concat([u32(3), u32(1), u32(0), u32(0)]);
  const entry = Buffer.concat([Buffer.from(`${sourceFile}\0${sourceDataset}\0`), everything, everything]);
  const mapping = Buffer.concat([Buffer.from([0]), u64(times), ...new Array<Buffer>(times).fill(entry)]);
  const object = Buffer.concat([mapping, u32(lookup3(mapping))]);
  const heapBytes = Math.max(MIN_HEAP_BYTES, padded(object).length + 64);
  const used = Buffer.concat([
    Buffer.from("GCOL\x01\0\0\0", "latin1"),
    u64(heapBytes),
    u16(1),
    u16(0),
    u32(0),
    u64(object.length),
    padded(object),
  ]);
  const freeSpace = Buffer.concat([u64(0), u64(heapBytes - used.length)]);
  return Buffer.concat([used, freeSpace], heapBytes);
}

/** Bob Jenkins' lookup3, HDF5's checksum. */
function lookup3(bytes: Buffer): number {
  const rotated = (value: number, bits: number) => (value << bits) | (value >>> (32 - bits));
  let a = (0xdeadbeef + bytes.length) | 0;
  let b = a;
  let c = a;
  const whole = Buffer.concat([bytes, Buffer.alloc(12)]);
  let at = 0;
  for (; bytes.length - at > 12; at += 12) {
    a = (a + whole.readInt32LE(at)) | 0;
    b = (b + whole.readInt32LE(at + 4)) | 0;
    c = (c + whole.readInt32LE(at + 8)) | 0;
    a = ((a - c) | 0) ^ rotated(c, 4);
    c = (c + b) | 0;
    b = ((b - a) | 0) ^ rotated(a, 6);
    a = (a + c) | 0;
    c = ((c - b) | 0) ^ rotated(b, 8);
    b = (b + a) | 0;
    a = ((a - c) | 0) ^ rotated(c, 16);
    c = (c + b) | 0;
    b = ((b - a) | 0) ^ rotated(a, 19);
    a = (a + c) | 0;
    c = ((c - b) | 0) ^ rotated(b, 4);
    b = (b + a) | 0;
  }
  a = (a + whole.readInt32LE(at)) | 0;
  b = (b + whole.readInt32LE(at + 4)) | 0;
  c = (c + whole.readInt32LE(at + 8)) | 0;
  for (const bits of [14, 11, 25, 16, 4, 14, 24]) {
    // c ^= b, a ^= c, b ^= a, and around again.
    const next = ((c ^ b) - rotated(b, bits)) | 0;
    c = a;
    a = b;
    b = next;
  }
  return b >>> 0;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 7)]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
