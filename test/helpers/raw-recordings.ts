import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/*
 * Recordings as a receiver's `.raw` files, written from the table of facts and not by the program's own writer.
 */

/** One frame of one port; what is left out is as usual. */
export interface WrittenFrame {
  readonly number: number | bigint;
  /** 100 ns. */
  readonly ticks?: number;
  readonly exposureTicks?: number;
  readonly packets?: number;
  readonly bunch?: number | bigint;
  readonly daqInfo?: number;
  /** Place of the port; by default that of the file's name. */
  readonly row?: number;
  readonly column?: number;
  readonly detectorType?: number;
  /** Of every pixel. */
  readonly word?: number;
}

export interface WrittenRun {
  readonly ports?: 2 | 4;
  readonly run?: number;
  readonly name?: string;
  /** Frames of each port. */
  readonly frames: (port: number) => readonly WrittenFrame[];
  readonly framesPerFile?: number;
  /** `none`: data files alone. */
  readonly master?: "7.2" | "8.0" | "none";
  /** Entries of the master that take the place of the usual ones. */
  readonly entries?: Readonly<Record<string, unknown>>;
}

/** The usual word of a frame's pixels: each frame and port has its own. */
export function wordOf(number: number | bigint, port: number): number {
  return Number((BigInt(number) * 8n + BigInt(port)) & 0x3fffn);
}

/** A header of 112 bytes, and an image. */
export function recordOf(frame: WrittenFrame, port: number, ports: number): Buffer {
  const rows = 1024 / ports;
  const packets = frame.packets ?? rows / 4;
  const header = Buffer.alloc(112);
  header.writeBigUInt64LE(BigInt(frame.number), 0);
  header.writeUInt32LE(frame.exposureTicks ?? 100, 8);
  header.writeUInt32LE(packets, 12);
  header.writeBigUInt64LE(BigInt(frame.bunch ?? 0), 16);
  header.writeBigUInt64LE(BigInt(frame.ticks ?? 0), 24);
  header.writeUInt16LE(1234, 32);
  header.writeUInt16LE(frame.row ?? port, 34);
  header.writeUInt16LE(frame.column ?? 0, 36);
  header.writeUInt32LE(frame.daqInfo ?? 0, 40);
  header.writeUInt8(frame.detectorType ?? 3, 46);
  header.writeUInt8(2, 47);
  for (let packet = 0; packet < packets; packet += 1) {
    header[48 + (packet >> 3)] = (header[48 + (packet >> 3)] as number) | (1 << (packet & 7));
  }
  const words = new Uint16Array(rows * 1024).fill(frame.word ?? wordOf(frame.number, port));
  return Buffer.concat([header, Buffer.from(words.buffer)]);
}

/** @returns the path of the master, or of the first data file if there is none */
export async function writeRun(folder: string, run: WrittenRun): Promise<string> {
  const { ports = 2, name = "run", run: number = 0, framesPerFile = 10_000, master = "7.2" } = run;
  for (let port = 0; port < ports; port += 1) {
    const frames = run.frames(port);
    for (let part = 0; part * framesPerFile < Math.max(frames.length, 1); part += 1) {
      const inPart = frames.slice(part * framesPerFile, (part + 1) * framesPerFile);
      const records = inPart.map((frame) => recordOf(frame, port, ports));
      await writeFile(join(folder, `${name}_d${port}_f${part}_${number}.raw`), Buffer.concat(records));
    }
  }
  if (master === "none") return join(folder, `${name}_d0_f0_${number}.raw`);
  const path = join(folder, `${name}_master_${number}.json`);
  await writeFile(path, JSON.stringify({ ...masterOf(master, ports), ...run.entries }, undefined, 4));
  return path;
}

function masterOf(version: "7.2" | "8.0", ports: number): Record<string, unknown> {
  const none = { xmin: 4294967295, xmax: 4294967295, ymin: 4294967295, ymax: 4294967295 };
  const common = {
    Version: Number(version),
    Timestamp: "Thu Nov 26 18:55:34 2026",
    "Detector Type": "Jungfrau",
    Geometry: { x: 1, y: ports },
    Pixels: { x: 1024, y: 1024 / ports },
    "Max Frames Per File": 10_000,
  };
  const imageBytes = (2 * 1024 * 1024) / ports;
  return version === "7.2"
    ? { ...common, "Image Size in bytes": imageBytes, Period: "0.1s", "Receiver Roi": none }
    : { ...common, "Image Size": imageBytes, "Acquisition Period": "100ms", "Receiver Rois": [none] };
}
