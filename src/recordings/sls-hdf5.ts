import type { DetectorLayout } from "../detector.js";
import { RecordingError } from "../errors.js";
import { freeMemory, type ModuleFrame, missingFrame, type PairedExposure } from "../stream/index.js";
import { ExposureNumbers, missedUpTo, type NumberRange } from "./exposure-numbers.js";
import { isUnwritten } from "./hdf5-file.js";
import { placeOf, portOrder } from "./port-order.js";
import { moduleFrameOf, type RecordedHeader } from "./recorded-frame.js";
import type { Recording } from "./recording.js";
import { RunClock } from "./run-clock.js";
import { SlsHdf5Port } from "./sls-hdf5-port.js";
import { findRun, type SlsHdf5Run } from "./sls-hdf5-run.js";

/**
 * Open a run that an slsReceiver wrote as HDF5, by its master, its virtual file, or any of its data files. Frames are read
 * from the data files, never through links.
 *
 * @throws {RecordingError} RECORDING_NOT_READABLE, _FORMAT, _DAMAGED
 */
export async function openSlsHdf5(path: string, layout: DetectorLayout): Promise<Recording> {
  const recording = new SlsHdf5Recording(path, layout);
  try {
    await recording.open();
    return recording;
  } catch (error) {
    recording.close();
    throw error;
  }
}

class SlsHdf5Recording implements Recording {
  readonly path: string;
  readonly #layout: DetectorLayout;
  #run: SlsHdf5Run = { master: undefined, dataFiles: [], notes: [] };
  /** By the numbers in their file names. */
  readonly #ports = new Map<number, SlsHdf5Port>();
  #ranges: readonly NumberRange[] = [];
  #numbers = new ExposureNumbers([]);
  /** The port at each place in the detector frame, from the top. */
  #places: (SlsHdf5Port | undefined)[] = [];
  #placeNotes: readonly string[] = [];
  #reading: Promise<unknown> = Promise.resolve();
  #clock = new RunClock({ startSeconds: 0, firstNumber: 0n, firstTicks: 0n });

  constructor(path: string, layout: DetectorLayout) {
    this.path = path;
    this.#layout = layout;
  }

  get format(): string {
    const version = this.#run.master?.version;
    return version === undefined ? "slsReceiver HDF5" : `slsReceiver HDF5, master ${version}`;
  }

  get portCount(): number {
    return this.#places.length;
  }

  get startSeconds(): number {
    const [first] = this.#ports.values();
    return this.#run.master?.startSeconds ?? first?.modifiedSeconds ?? 0;
  }

  get notes(): readonly string[] {
    const ofPorts = [...this.#ports.values()].flatMap(({ notes }) => notes);
    return [...this.#run.notes, ...this.#placeNotes, ...ofPorts];
  }

  get length(): number {
    return this.#numbers.length;
  }

  /** @throws {RecordingError} */
  async open(): Promise<void> {
    await this.#look();
    this.#setRanges([...this.#ports.values()].flatMap(({ ranges }) => ranges));
    if (this.length === 0) {
      throw new RecordingError(
        "RECORDING_DAMAGED",
        `'${this.path}': no frame can be read. ${this.notes.join(" ")}`,
      );
    }
    const headers = await this.#place();
    this.#clock = new RunClock({
      startSeconds: this.startSeconds,
      periodSeconds: this.#run.master?.periodSeconds,
      firstNumber: this.#numbers.numberOf(0),
      firstTicks:
        headers.find((header) => header !== undefined && header.timestampTicks > 0n)?.timestampTicks ?? 0n,
    });
  }

  read(index: number): Promise<PairedExposure> {
    // One after the other, because a port has only one file open at a time.
    const exposure = this.#reading.then(() => this.#read(index));
    this.#reading = exposure.catch(() => undefined);
    return exposure;
  }

  async indexOf(frameNumber: bigint): Promise<number | undefined> {
    return this.#numbers.indexOf(frameNumber);
  }

  async indexFrom(frameNumber: bigint): Promise<number> {
    return this.#numbers.indexFrom(frameNumber);
  }

  numberOf(index: number): bigint {
    return this.#numbers.numberOf(index);
  }

  close(): void {
    for (const port of this.#ports.values()) port.close();
  }

  async #read(index: number): Promise<PairedExposure> {
    const frameNumber = this.numberOf(index);
    const found = [];
    for (const [portIndex, port] of this.#places.entries()) {
      const recorded = await port?.read(frameNumber);
      if (recorded !== undefined) found.push({ ...recorded, portIndex });
    }
    if (index === this.length - 1) await this.#grow();
    const timed = found.find(({ header }) => header.timestampTicks > 0n) ?? found[0];
    if (timed === undefined) {
      throw new RecordingError(
        "RECORDING_DAMAGED",
        `'${this.path}': frame ${frameNumber} is not there any more. Open it again.`,
      );
    }
    const timestampSeconds = this.#clock.secondsOf(frameNumber, timed.header.timestampTicks);
    const frames = found.map((one) =>
      moduleFrameOf({
        ...one,
        portCount: this.portCount,
        rows: this.#layout.rows / this.portCount,
        frameIndex: frameNumber - this.numberOf(0),
        timestampSeconds,
        release: () => freeMemory(one.raw),
        ...(isUnwritten(one.raw) && { complete: false }),
      }),
    );
    const [some] = frames as [ModuleFrame];
    return {
      frames: this.#places.map(
        (_, place) => frames.find(({ portIndex }) => portIndex === place) ?? missingFrame(some, place),
      ),
      timestampSeconds,
      missed: this.#missed(frameNumber),
    };
  }

  #missed(frameNumber: bigint): number {
    const first = this.numberOf(0);
    return this.#places.reduce((sum, port) => sum + missedUpTo(port?.ranges ?? [], first, frameNumber), 0);
  }

  /** Look for files, and examine those that are new or have changed. @returns whether there were any */
  async #look(): Promise<boolean> {
    this.#run = await findRun(this.path);
    let hasChanged = false;
    for (const portIndex of new Set(this.#run.dataFiles.map((file) => file.portIndex))) {
      const port = this.#ports.get(portIndex) ?? new SlsHdf5Port(portIndex, this.#layout);
      this.#ports.set(portIndex, port);
      const files = this.#run.dataFiles.filter((file) => file.portIndex === portIndex);
      if (await port.refresh(files)) hasChanged = true;
    }
    return hasChanged;
  }

  /** The receiver may have written more. Exposures keep their indices; only later ones are added. */
  async #grow(): Promise<void> {
    try {
      if (!(await this.#look())) return;
      await this.#place();
    } catch (error) {
      if (error instanceof RecordingError) return; // what was read before remains valid
      throw error;
    }
    const next = this.numberOf(this.length - 1) + 1n;
    const later = this.#places
      .flatMap((port) => port?.ranges ?? [])
      .flatMap(({ firstNumber, count }) => {
        const from = firstNumber < next ? next : firstNumber;
        const left = Number(firstNumber - from) + count;
        return left > 0 ? [{ firstNumber: from, count: left }] : [];
      });
    this.#setRanges([...this.#ranges, ...later]);
  }

  #setRanges(ranges: readonly NumberRange[]): void {
    this.#ranges = ranges;
    this.#numbers = new ExposureNumbers(ranges);
  }

  /**
   * Determine the place of each port.
   *
   * @returns a header of each port
   * @throws {RecordingError} RECORDING_FORMAT
   */
  async #place(): Promise<readonly (RecordedHeader | undefined)[]> {
    const ports = [...this.#ports.values()].filter(({ ranges }) => ranges.length > 0);
    const headers = await Promise.all(ports.map((port) => port.firstHeader()));
    const rows = new Set(ports.map((port) => port.rows));
    const [portRows = 0] = rows;
    const portCount = this.#layout.rows / portRows;
    const names = ports.map(({ portIndex }) => portIndex);
    if (rows.size > 1 || ports.length > portCount) {
      throw new RecordingError(
        "RECORDING_FORMAT",
        `'${this.path}': the run has ${ports.length} ports of ${[...rows].join(" and ")} rows, but a ${this.#layout.name} has ` +
          `${portCount}. Name a recording of that detector.`,
      );
    }
    const geometry = this.#run.master?.geometry ?? geometryOf(headers, portCount, this.#layout);
    const { places, byHeader } = portOrder(
      headers.map((header) => header && placeOf(header.row, header.column, geometry)),
      names.every((name) => name < portCount) ? names : [...names.keys()],
      portCount,
    );
    this.#places = Array.from({ length: portCount }, (_, place) => ports[places.indexOf(place)]);
    const missing = this.#places.flatMap((port, place) => (port === undefined ? [place] : []));
    this.#placeNotes = [
      ...(byHeader
        ? []
        : ["The headers do not give the place of each port: the order of the file names is used."]),
      ...missing.map(
        (place) =>
          `Port ${place} of ${portCount}, counted from the top, has no frames: they are missing in each exposure.`,
      ),
    ];
    return headers;
  }
}

/** Rows and columns of ports, from the headers alone: modules are arranged in a row or in a column. */
function geometryOf(
  headers: readonly (RecordedHeader | undefined)[],
  portCount: number,
  { modules }: DetectorLayout,
): readonly [rows: number, columns: number] {
  const isRow = headers.some((header) => header !== undefined && header.column > 0);
  return isRow ? [portCount / modules, modules] : [portCount, 1];
}
