/** HDF5's number of the filter. */
const BITSHUFFLE = 32_008;
/** Its option, the fifth number, for LZ4. */
const WITH_LZ4 = 2;

/** Bits are exchanged among so many numbers; what is left at the end of a chunk is stored as it is. */
const SHUFFLED_TOGETHER = 8;

/** Bytes of the two numbers that a chunk begins with, and of the one that each block begins with. */
const CHUNK_HEADER_BYTES = 12;
const BLOCK_HEADER_BYTES = 4;

/** What a dataset is, as far as its chunks go. */
interface Chunked {
  readonly filters: readonly { readonly id: number; readonly cd_values: readonly number[] }[];
  readonly metadata: { readonly chunks: readonly number[] | null; readonly size: number };
}

/**
 * What tells whether bytes that are read of a dataset can be unpacked; undefined if its chunks are not of bitshuffle with
 * LZ4. Bytes that are no chunk pass: an index does not begin with zeros, as the size of a chunk does.
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
 * Whether a chunk can be unpacked: the plugin for that trusts what it is given, and with a damaged one reads beyond its
 * memory, after which nothing that it says can be relied on.
 *
 * @param chunk  size of the unpacked chunk u64, and of its blocks u32, then each block with its packed size u32 in front of it;
 *   big-endian
 * @param sizeBytes  what it has to be unpacked to
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

/** Go through a block of LZ4: each sequence has literals, and but for the last, a match in what was unpacked before. */
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
