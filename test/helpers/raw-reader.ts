import { readFileSync } from "node:fs";

/** A frame of a `.raw` file: every field of its header, and its image. */
export interface RawFrame {
  readonly frameNumber: bigint;
  readonly exposure: number;
  readonly packetsCaught: number;
  readonly bunchId: bigint;
  readonly timestamp: bigint;
  readonly moduleId: number;
  readonly row: number;
  readonly column: number;
  readonly reserved: number;
  readonly debug: number;
  readonly roundRobin: number;
  readonly detectorType: number;
  readonly headerVersion: number;
  /** Numbers of the packets whose bit is set. */
  readonly packets: readonly number[];
  readonly image: Buffer;
}

/**
 * Reads a `.raw` file of the field by the table of its header, field after field, so that it shares no mistake with the writer.
 * A file that ends within a frame is an error.
 */
export function readRawFile(path: string, imageBytes: number): RawFrame[] {
  const file = readFileSync(path);
  const frames: RawFrame[] = [];
  let at = 0;
  const next = (bytes: number) => {
    if (at + bytes > file.length) throw new Error(`${path} ends within frame ${frames.length}`);
    at += bytes;
    return file.subarray(at - bytes, at);
  };
  while (at < file.length) {
    const frameNumber = next(8).readBigUInt64LE();
    const exposure = next(4).readUInt32LE();
    const packetsCaught = next(4).readUInt32LE();
    const bunchId = next(8).readBigUInt64LE();
    const timestamp = next(8).readBigUInt64LE();
    const moduleId = next(2).readUInt16LE();
    const row = next(2).readUInt16LE();
    const column = next(2).readUInt16LE();
    const reserved = next(2).readUInt16LE();
    const debug = next(4).readUInt32LE();
    const roundRobin = next(2).readUInt16LE();
    const detectorType = next(1).readUInt8();
    const headerVersion = next(1).readUInt8();
    const packets = [...next(64)].flatMap((byte, index) =>
      [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (byte & (1 << bit)) !== 0).map((bit) => 8 * index + bit),
    );
    const image = next(imageBytes);
    frames.push({
      frameNumber,
      exposure,
      packetsCaught,
      bunchId,
      timestamp,
      moduleId,
      row,
      column,
      reserved,
      debug,
      roundRobin,
      detectorType,
      headerVersion,
      packets,
      image,
    });
  }
  return frames;
}

/** 0, 1 … count − 1. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
