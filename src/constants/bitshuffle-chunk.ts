/** HDF5's number for the filter. */
const BITSHUFFLE = 32_008;
/** Value of its fifth option for LZ4. */
const WITH_LZ4 = 2;

/** Bits are transposed in groups of this many numbers; the rest at the end of a chunk is stored unchanged. */
const SHUFFLED_TOGETHER = 8;

/** A chunk begins with two numbers, a block with one. */
const CHUNK_HEADER_BYTES = 12;
const BLOCK_HEADER_BYTES = 4;

/** The properties of a dataset that determine its chunks. */
interface Chunked {
  readonly filters: readonly { readonly id: number; readonly cd_values: readonly number[] }[];
  readonly metadata: { readonly chunks: readonly number[] | null; readonly size: number };
}

/**
 * Returns a check whether bytes that are read from a dataset can be unpacked; undefined unless its chunks are compressed with
 * bitshuffle and LZ4. Bytes that are not a chunk pass: unlike the size of a chunk, an index does not begin with zeros.
 */
export function chunkInspector({ filters, metadata }: Chunked): ((bytes: Uint8Array) => boolean) | undefined {
  const [filter] = filters;
  const { chunks, size } = metadata;
  if (filters.length !== 1 || filter?.id !== BITSHUFFLE || filter.cd_values[4] !== WITH_LZ4 || !chunks)
    return undefined;
  const sizeBytes = chunks.reduce((all, one) => all * one, size);
  return (bytes) => bytes.subarray(0, 4).some((byte) => byte !== 0) || isIntactChunk(bytes, sizeBytes, size);
}

/**
 * Whether a chunk can be unpacked. The plugin does not check it: with a damaged chunk, it reads beyond its memory, and nothing
 * that it returns afterwards can be trusted.
 *
 * @param chunk  size of the unpacked chunk u64, and of its blocks u32, then each block with its packed size u32 in front of it;
 *   big-endian
 * @param sizeBytes  of the unpacked chunk
 * @param numberBytes  of each number in it
 * @see https://github.com/kiyo-masui/bitshuffle and https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 */
function isIntactChunk(chunk: Uint8Array, sizeBytes: number, numberBytes: number): boolean {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (chunk.length < CHUNK_HEADER_BYTES || view.getBigUint64(0) !== BigInt(sizeBytes)) return false;
  const groupBytes = SHUFFLED_TOGETHER * numberBytes;
  const blockBytes = view.getUint32(8);
  if (blockBytes === 0 || blockBytes % groupBytes !== 0) return false;
  const rest = sizeBytes % groupBytes;
  let at = CHUNK_HEADER_BYTES;
  for (let left = sizeBytes - rest; left > 0; left -= blockBytes) {
    if (at + BLOCK_HEADER_BYTES > chunk.length) return false;
    const end = at + BLOCK_HEADER_BYTES + view.getUint32(at);
    if (end > chunk.length) return false;
    if (!isIntactBlock(chunk, at + BLOCK_HEADER_BYTES, end, Math.min(left, blockBytes))) return false;
    at = end;
  }
  return at + rest === chunk.length;
}

/** Check a block of LZ4: each sequence has literals, and all but the last have a match in the bytes unpacked so far. */
function isIntactBlock(bytes: Uint8Array, start: number, end: number, unpackedBytes: number): boolean {
  let at = start;
  let unpacked = 0;
  while (at < end) {
    const token = bytes[at++] as number;
    let literals = token >> 4;
    if (literals === 15) {
      let more = 255;
      while (more === 255 && at < end) {
        more = bytes[at++] as number;
        literals += more;
      }
    }
    at += literals;
    unpacked += literals;
    if (at >= end) return at === end && unpacked === unpackedBytes;
    const offset = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    at += 2;
    let match = (token & 15) + 4;
    if (match === 19) {
      let more = 255;
      while (more === 255 && at < end) {
        more = bytes[at++] as number;
        match += more;
      }
    }
    if (offset === 0 || offset > unpacked) return false;
    unpacked += match;
  }
  return false;
}
