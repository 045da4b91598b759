import {
  BYTES_PER_WORD,
  type DetectorLayout,
  MODULE_COLUMNS,
  MODULE_PIXELS,
  MODULE_ROWS,
  ROWS_PER_PACKET,
} from "../detector.js";
import { freeMemory, type PairedExposure } from "../stream/index.js";
import { Hdf5File, isUnwritten } from "./hdf5-file.js";
import { Hdf5Numbers } from "./hdf5-numbers.js";
import { DETECTOR_TYPE_JUNGFRAU } from "./raw-layout.js";
import { moduleFrameOf } from "./recorded-frame.js";
import type { Recording } from "./recording.js";
import { RunClock } from "./run-clock.js";
import { DAQ_INFO, findSwissfelFrames, IS_GOOD, PULSE } from "./swissfel-frames.js";

/** The accelerator numbers its pulses, used or not: 100 per second. */
const PULSE_SECONDS = 0.01;

const MODULE_BYTES = MODULE_PIXELS * BYTES_PER_WORD;

/** Groups of a SwissFEL file with a detector's images, such as `data/JF01T03V01`. */
export function swissfelGroups(file: Hdf5File): readonly string[] {
  return file
    .names("data")
    .filter((name) => /^JF\d/.test(name))
    .map((name) => `data/${name}`);
}

/**
 * Open a SwissFEL file: `/data/JF01T03V01/data` [frames, rows, 1024] uint16, modules from the top, mostly
 * bitshuffled. The event id is `frame_index`, which is also the frame number in the detector's stream; `pulse_id` is
 * the bunch id in the headers. `daq_rec` has the DAQ info bits. A frame whose `is_good_frame` is 0 is incomplete. The
 * file contains no time: the time of the file is used for the first frame, and pulse ids give the others'.
 *
 * @throws {RecordingError} RECORDING_NOT_READABLE, _FORMAT, _DAMAGED
 * @see https://github.com/paulscherrerinstitute/jungfrau_utils
 */
export async function openSwissfel(path: string, layout: DetectorLayout): Promise<Recording> {
  const file = await Hdf5File.open(path);
  try {
    return new SwissfelRecording(file, layout);
  } catch (error) {
    file.close();
    throw error;
  }
}

class SwissfelRecording implements Recording {
  readonly path: string;
  readonly format: string;
  readonly portCount: number;
  readonly startSeconds: number;
  readonly notes: readonly string[];
  readonly length: number;
  readonly #file: Hdf5File;
  readonly #group: string;
  readonly #numbers: Hdf5Numbers;
  /** Frame number of each exposure. */
  readonly #frameNumbers: BigUint64Array;
  /** Position of each exposure in the file. */
  readonly #records: Uint32Array;
  readonly #clock: RunClock;
  readonly #firstPulse: bigint;

  constructor(file: Hdf5File, layout: DetectorLayout) {
    const groups = swissfelGroups(file);
    const [group = ""] = groups;
    if (groups.length > 1) {
      throw file.fault(
        "RECORDING_FORMAT",
        `holds several detectors: ${groups.join(", ")}. Write a file of one.`,
      );
    }
    const records = requireImages(file, group, layout);
    this.path = file.path;
    this.format = `SwissFEL HDF5, ${group.slice("data/".length)}`;
    this.portCount = layout.modules;
    this.startSeconds = file.modifiedSeconds;
    this.#file = file;
    this.#group = group;
    this.#numbers = new Hdf5Numbers(file, records);
    const found = findSwissfelFrames(file, this.#numbers, group, records);
    this.#frameNumbers = found.frameNumbers;
    this.#records = found.records;
    this.notes = found.notes;
    this.length = found.records.length;
    this.#firstPulse = this.#at(PULSE, found.records[0] as number) ?? 0n;
    this.#clock = new RunClock({
      startSeconds: this.startSeconds,
      firstNumber: this.numberOf(0),
      firstTicks: 0n,
    });
  }

  async read(index: number): Promise<PairedExposure> {
    const frameNumber = this.numberOf(index);
    const record = this.#records[index] as number;
    const number = (name: string) => {
      const value = this.#at(name, record);
      if (value !== undefined || !this.#numbers.has(`${this.#group}/${name}`)) return value;
      throw this.#file.fault(
        "RECORDING_DAMAGED",
        `${name} of frame ${frameNumber} cannot be read. Copy the file again.`,
      );
    };
    const bunchId = number(PULSE) ?? 0n;
    const daqInfo = Number(number(DAQ_INFO) ?? 0n);
    const isGood = number(IS_GOOD) !== 0n;
    const { buffer, byteOffset, byteLength } = this.#file.read(`${this.#group}/data`, record, record + 1);
    const image = new Uint8Array(buffer, byteOffset, byteLength);
    const complete = isGood && !isUnwritten(image);
    const timestampSeconds = this.#secondsOf(frameNumber, bunchId);
    // All frames share the memory of the image.
    const released = new Set<number>();
    const release = (portIndex: number) => {
      released.add(portIndex);
      if (released.size === this.portCount) freeMemory(image);
    };
    const frames = Array.from({ length: this.portCount }, (_, portIndex) =>
      moduleFrameOf({
        header: {
          frameNumber,
          timestampTicks: 0n,
          exposureTicks: 0,
          packetsCaught: complete ? MODULE_ROWS / ROWS_PER_PACKET : 0,
          bunchId,
          moduleId: portIndex,
          row: portIndex,
          column: 0,
          reserved: 0,
          daqInfo,
          roundRobin: 0,
          detectorType: DETECTOR_TYPE_JUNGFRAU,
          headerVersion: 0,
        },
        portIndex,
        portCount: this.portCount,
        rows: MODULE_ROWS,
        raw: image.subarray(portIndex * MODULE_BYTES, (portIndex + 1) * MODULE_BYTES),
        complete,
        frameIndex: BigInt(index),
        timestampSeconds,
        release: () => release(portIndex),
      }),
    );
    return { frames, timestampSeconds };
  }

  async indexOf(frameNumber: bigint): Promise<number | undefined> {
    const index = this.#frameNumbers.indexOf(frameNumber);
    return index < 0 ? undefined : index;
  }

  async indexFrom(frameNumber: bigint): Promise<number> {
    const index = this.#frameNumbers.findIndex((number) => number >= frameNumber);
    return index < 0 ? this.length : index;
  }

  numberOf(index: number): bigint {
    const number = this.#frameNumbers[index];
    if (number === undefined) throw new RangeError(`There is no exposure ${index} of ${this.length}`);
    return number;
  }

  close(): void {
    this.#file.close();
  }

  #secondsOf(frameNumber: bigint, pulse: bigint): number {
    if (this.#firstPulse === 0n || pulse < this.#firstPulse) return this.#clock.secondsOf(frameNumber, 0n);
    return this.startSeconds + Number(pulse - this.#firstPulse) * PULSE_SECONDS;
  }

  #at(name: string, record: number): bigint | undefined {
    return this.#numbers.at(`${this.#group}/${name}`, record);
  }
}

/** @returns how many there are. @throws {RecordingError} RECORDING_FORMAT */
function requireImages(file: Hdf5File, group: string, { name, rows }: DetectorLayout): number {
  const images = `${group}/data`;
  const shape = file.shape(images) ?? [];
  if (shape.length !== 3 || shape[1] !== rows || shape[2] !== MODULE_COLUMNS) {
    throw file.fault(
      "RECORDING_FORMAT",
      `/${images} is [${shape.join(", ")}], but raw frames of a ${name} are [frames, ${rows}, ${MODULE_COLUMNS}].`,
    );
  }
  file.requireIntegers(images, BYTES_PER_WORD);
  if ([...file.names(group), ...file.names(`${group}/meta`)].includes("conversion_factor")) {
    throw file.fault("RECORDING_FORMAT", `/${group} holds converted images. Name the raw file.`);
  }
  return shape[0] ?? 0;
}
