import { BYTES_PER_WORD, type DetectorLayout, MODULE_COLUMNS } from "../detector.js";
import type { RecordingError } from "../errors.js";
import { type FrameNumbers, readFrameNumbers } from "./frame-numbers.js";
import { Hdf5File } from "./hdf5-file.js";
import { Hdf5Numbers } from "./hdf5-numbers.js";
import { isPlausible } from "./raw-header.js";
import type { RecordedHeader } from "./recorded-frame.js";

/** Datasets of the values of a frame's header; the second name is that of releases before 7. */
const HEADER_DATASETS = {
  frameNumber: ["frame number"],
  exposureTicks: ["exp length or sub exposure time"],
  packetsCaught: ["packets caught"],
  bunchId: ["detector specific 1", "bunch id"],
  timestampTicks: ["timestamp"],
  moduleId: ["mod id"],
  row: ["row"],
  column: ["column"],
  reserved: ["detector specific 2", "reserved"],
  daqInfo: ["detector specific 3", "debug"],
  roundRobin: ["detector specific 4", "round robin number"],
  detectorType: ["detector type"],
  headerVersion: ["detector header version"],
} as const satisfies Readonly<Record<keyof RecordedHeader, readonly string[]>>;

type HeaderField = keyof typeof HEADER_DATASETS;

/** Values in newer releases for numbers that were not written. */
const NO_NUMBER = 2n ** 64n - 1n;

/** The dataset of the images: in older releases, its name has the number of the file. */
export function imageDataset(file: Hdf5File): string | undefined {
  return file.names("").find((name) => /^data(?:_f\d{12})?$/.test(name));
}

/**
 * One file of one port, as an slsReceiver writes it: `/data` [frames, rows, 1024] uint16, and a dataset [frames] for
 * each number of the headers. The position of a frame is its number minus that of the port's first frame, so a lost
 * frame leaves a hole with numbers of 0. Every chunk holds one frame.
 *
 * @see https://slsdetectorgroup.github.io/devdoc/hdf5fileformat.html and files of release 9.2.0
 */
export class SlsHdf5Part {
  readonly path: string;
  /** Rows of the port. */
  readonly rows: number;
  /** Number of frames for which there is room. */
  readonly records: number;
  readonly #file: Hdf5File;
  readonly #images: string;
  readonly #numbers: Hdf5Numbers;

  private constructor(file: Hdf5File, images: string, layout: DetectorLayout) {
    const [records = 0, rows = 0, columns] = file.shape(images) ?? [];
    if (columns !== MODULE_COLUMNS || !layout.portCounts.some((ports) => rows * ports === layout.rows)) {
      throw file.fault(
        "RECORDING_FORMAT",
        `/${images} is [${file.shape(images)?.join(", ")}], but frames of a ${layout.name}'s port have ` +
          `${layout.portCounts.map((ports) => layout.rows / ports).join(" or ")} × ${MODULE_COLUMNS} pixels. Images cropped to a region ` +
          "of interest are not supported.",
      );
    }
    file.requireIntegers(images, BYTES_PER_WORD);
    this.path = file.path;
    this.rows = rows;
    this.records = records;
    this.#file = file;
    this.#images = images;
    this.#numbers = new Hdf5Numbers(file, records);
    if (this.#datasetOf("frameNumber") === undefined) {
      throw file.fault(
        "RECORDING_FORMAT",
        "holds images without frame numbers: it is not a file of an slsReceiver.",
      );
    }
  }

  /** @throws {RecordingError} RECORDING_NOT_READABLE, _FORMAT, _DAMAGED */
  static async open(path: string, layout: DetectorLayout): Promise<SlsHdf5Part> {
    const file = await Hdf5File.open(path);
    try {
      const images = imageDataset(file);
      if (images === undefined)
        throw file.fault("RECORDING_FORMAT", "holds no /data. Name a file of frames.");
      return new SlsHdf5Part(file, images, layout);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** The frame numbers of all records; those without one are damaged, or holes. */
  async frameNumbers(): Promise<FrameNumbers & { readonly holes: number }> {
    let holes = 0;
    const numbers = await readFrameNumbers(this.records, async (record) => {
      const number = this.#number("frameNumber", record);
      if (number === undefined || !this.#isHole(number, record)) return number;
      holes += 1;
      return undefined;
    });
    return { ...numbers, damaged: numbers.damaged - holes, holes };
  }

  /** @throws {RecordingError} RECORDING_DAMAGED if it cannot be read, or is invalid */
  header(record: number): RecordedHeader {
    const exact = (field: HeaderField): bigint => {
      const value = this.#number(field, record);
      if (value !== undefined) return value;
      if (this.#datasetOf(field) === undefined) return 0n;
      throw this.#damaged(record, `its /${this.#datasetOf(field)} cannot be read`);
    };
    const number = (field: HeaderField) => Number(exact(field));
    const header: RecordedHeader = {
      frameNumber: exact("frameNumber"),
      timestampTicks: exact("timestampTicks"),
      exposureTicks: number("exposureTicks"),
      packetsCaught: number("packetsCaught"),
      bunchId: exact("bunchId"),
      moduleId: number("moduleId"),
      row: number("row"),
      column: number("column"),
      reserved: number("reserved"),
      daqInfo: number("daqInfo"),
      roundRobin: number("roundRobin"),
      detectorType: number("detectorType"),
      headerVersion: number("headerVersion"),
    };
    if (isPlausible(header, this.rows * MODULE_COLUMNS * BYTES_PER_WORD)) return header;
    throw this.#damaged(record, "its header is invalid");
  }

  /**
   * Words with gain bits, uint16 little-endian, [rows, 1024]; owned by the caller.
   *
   * @throws {RecordingError} RECORDING_DAMAGED
   */
  image(record: number): Uint8Array {
    const { buffer, byteOffset, byteLength } = this.#file.read(this.#images, record, record + 1);
    return new Uint8Array(buffer, byteOffset, byteLength);
  }

  close(): void {
    this.#file.close();
  }

  /** A detector may begin with frame 0, but a frame that was not written also has detector type 0. */
  #isHole(frameNumber: bigint, record: number): boolean {
    return frameNumber === NO_NUMBER || (frameNumber === 0n && !this.#number("detectorType", record));
  }

  #datasetOf(field: HeaderField): string | undefined {
    return HEADER_DATASETS[field].find((name) => this.#numbers.has(name));
  }

  /** Undefined if it does not exist or cannot be read. */
  #number(field: HeaderField, record: number): bigint | undefined {
    const name = this.#datasetOf(field);
    return name === undefined ? undefined : this.#numbers.at(name, record);
  }

  #damaged(record: number, what: string): RecordingError {
    return this.#file.fault("RECORDING_DAMAGED", `frame at ${record}: ${what}. Copy the file again.`);
  }
}
