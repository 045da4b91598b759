/**
 * The bytes and names of the files that an slsReceiver writes as `.raw`: for each frame a header of 112 bytes,
 * little-endian, followed by the image; and the master, JSON. Reader and writer share these definitions.
 *
 * @see https://slsdetectorgroup.github.io/devdoc/fileformat.html and files of release 9.2.0
 */

/** Offsets in a frame's header. A tick is 100 ns. */
export const RAW_HEADER = {
  /** u64. */
  frameNumber: 0,
  /** u32, ticks. */
  exposureTicks: 8,
  /** u32. */
  packetsCaught: 12,
  /** u64. */
  bunchId: 16,
  /** u64, ticks since the start of the measurement. */
  timestampTicks: 24,
  /** u16. */
  moduleId: 32,
  /** u16: of the port among the detector's ports. */
  row: 34,
  /** u16. */
  column: 36,
  /** u16. */
  reserved: 38,
  /** u32, the stream's detSpec3: DAQ info bits with the gain settings. */
  daqInfo: 40,
  /** u16. */
  roundRobin: 44,
  /** u8, {@link DETECTOR_TYPE_JUNGFRAU}. */
  detectorType: 46,
  /** u8. */
  headerVersion: 47,
  /** 512 bits, the lowest bit of each byte first: one per packet, set if it was received. */
  packetMask: 48,
} as const;
export const RAW_HEADER_BYTES = 112;

export const DETECTOR_TYPE_JUNGFRAU = 3;

/** The value of {@link RAW_HEADER.headerVersion}. */
export const RAW_HEADER_VERSION = 2;

/** A run is split into files with this many frames per port, unless its master says otherwise. */
export const MAX_FRAMES_PER_FILE = 10_000;

/** Keys of a master of release 9 (version 7.x), and of release 10 (version 8.0) if they differ. */
export const MASTER_KEYS = {
  version: ["Version"],
  /** As ctime writes it, in the receiver's time zone: `Thu Nov 26 18:55:34 2026`. */
  timestamp: ["Timestamp"],
  detectorType: ["Detector Type"],
  /** `{ x, y }`: columns and rows of ports. */
  geometry: ["Geometry"],
  imageBytes: ["Image Size in bytes", "Image Size"],
  /** `{ x, y }`: columns and rows of a port. */
  pixels: ["Pixels"],
  maxFramesPerFile: ["Max Frames Per File"],
  totalFrames: ["Total Frames"],
  framesInFile: ["Frames in File"],
  /** `10us`: a number and its unit. */
  exposureTime: ["Exptime", "Exposure Time"],
  period: ["Period", "Acquisition Period"],
  /** An object in 7.x, an array of them, one or more per port, in 8.0. */
  receiverRoi: ["Receiver Roi", "Receiver Rois"],
  interfaces: ["Number of UDP Interfaces"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Value of each limit if there is no region of interest. */
export const NO_ROI = 0xffff_ffff;

/** Run, port and part of a data file. */
export interface RawFileName {
  /** Such as `run`. */
  readonly name: string;
  /** From 0, in the order of the detector's ports; the `d` of the file's name. */
  readonly portIndex: number;
  /** From 0; the `f` of the file's name. */
  readonly part: number;
  /** Number of the run, the last of the file's name. */
  readonly run: string;
}

/** `run_d0_f0_3.raw`. */
export function rawFileName({ name, portIndex, part, run }: RawFileName): string {
  return `${name}_d${portIndex}_f${part}_${run}.raw`;
}

/** @returns undefined if it is not the name of a data file */
export function parseRawFileName(fileName: string): RawFileName | undefined {
  const [, name = "", port, part, run = ""] = /^(.*)_d(\d{1,4})_f(\d{1,9})_(\d+)\.raw$/s.exec(fileName) ?? [];
  return port === undefined ? undefined : { name, portIndex: Number(port), part: Number(part), run };
}

/** `run_master_3.json`. */
export function masterFileName({ name, run }: Pick<RawFileName, "name" | "run">): string {
  return `${name}_master_${run}.json`;
}

/** @returns undefined if it is not the name of a master */
export function parseMasterFileName(fileName: string): Pick<RawFileName, "name" | "run"> | undefined {
  const [, name, run] = /^(.*)_master_(\d+)\.json$/s.exec(fileName) ?? [];
  return name === undefined || run === undefined ? undefined : { name, run };
}

/** `run_d0_f0_3.jsonl`, beside a data file: values that users added to frame headers with `rx_jsonpara`. */
export function sidecarFileName(file: RawFileName): string {
  return rawFileName(file).replace(/\.raw$/, ".jsonl");
}
