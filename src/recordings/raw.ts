import type { DetectorLayout } from "../detector.js";
import { messageOf, RecordingError } from "../errors.js";
import { type ModuleFrame, missingFrame, type PairedExposure } from "../stream/index.js";
import { ExposureNumbers, missedUpTo } from "./exposure-numbers.js";
import { parseMasterFileName } from "./raw-layout.js";
import { closePorts, type OpenRun, openRun, type PlacedPort } from "./raw-open.js";
import { moduleFrameOf } from "./recorded-frame.js";
import type { Recording, RecordingFormat } from "./recording.js";
import { RunClock } from "./run-clock.js";
import type { Sidecar } from "./sidecar.js";

/** slsReceiver's `.raw` files, with or without a JSON master of version 7.x or 8.0. */
export const RAW_FORMAT: RecordingFormat = {
  recognizes: (path, firstBytes) =>
    /\.raw$/i.test(path) ||
    (/\.json$/i.test(path) && (parseMasterFileName(path) !== undefined || hasMasterKeys(firstBytes))),
  open: (path, layout) => RawRecording.open(path, layout),
};

function hasMasterKeys(firstBytes: Uint8Array): boolean {
  return Buffer.from(firstBytes).includes('"Detector Type"');
}

class RawRecording implements Recording {
  readonly path: string;
  readonly format: string;
  readonly portCount: number;
  readonly startSeconds: number;
  readonly notes: readonly string[];
  readonly #ports: readonly PlacedPort[];
  readonly #rows: number;
  readonly #clock: RunClock;
  #numbers: ExposureNumbers;

  private constructor(path: string, run: OpenRun, layout: DetectorLayout, clock: RunClock) {
    const { geometry, master, ports, notes } = run;
    this.path = path;
    this.format = `slsReceiver .raw, ${master === undefined ? "without a master" : `JSON master ${master.version ?? ""}`}`;
    this.portCount = geometry.portCount;
    this.startSeconds = clock.startSeconds;
    this.notes = notes;
    this.#ports = ports;
    this.#rows = layout.rows / geometry.portCount;
    this.#clock = clock;
    this.#numbers = numbersOf(ports);
  }

  static async open(path: string, layout: DetectorLayout): Promise<RawRecording> {
    const run = await openRun(path, layout);
    const { ports, master } = run;
    try {
      const numbers = numbersOf(ports);
      if (numbers.length === 0) {
        throw new RecordingError(
          "RECORDING_DAMAGED",
          `Recording '${path}' contains no complete frame: its files are empty, truncated within the first frame, or not from an slsReceiver. ` +
            "Copy them again.",
        );
      }
      const clock = new RunClock({
        startSeconds: master?.startSeconds ?? (await (ports[0] as PlacedPort).port.modifiedSeconds()),
        periodSeconds: master?.periodSeconds,
        firstNumber: numbers.numberOf(0),
        firstTicks: await firstTicks(ports, numbers),
      });
      return new RawRecording(path, run, layout, clock);
    } catch (error) {
      closePorts(ports);
      throw error;
    }
  }

  get length(): number {
    return this.#numbers.length;
  }

  async read(index: number): Promise<PairedExposure> {
    const frameNumber = this.numberOf(index);
    const read = await Promise.all(
      this.#ports.map(async ({ port, portIndex, sidecars }) => {
        const record = await this.#attempt(() => port.read(frameNumber));
        const added =
          sidecars.length > 0 && record !== undefined ? await addedTo(frameNumber, sidecars) : undefined;
        return record && { ...record, portIndex, added };
      }),
    );
    if (index >= this.length - 1) await this.#refresh();
    const found = read.filter((record) => record !== undefined);
    const timed = found.find(({ header }) => header.timestampTicks > 0n) ?? found[0];
    if (timed === undefined) throw this.#damaged(frameNumber);
    const timestampSeconds = this.#clock.secondsOf(frameNumber, timed.header.timestampTicks);
    const frames = found.map((record) =>
      moduleFrameOf({
        ...record,
        rows: this.#rows,
        portCount: this.portCount,
        frameIndex: frameNumber - this.numberOf(0),
        timestampSeconds,
      }),
    );
    return { frames: this.#allPorts(frames), timestampSeconds, missed: this.#missed(frameNumber) };
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
    closePorts(this.#ports);
  }

  #allPorts(frames: readonly ModuleFrame[]): ModuleFrame[] {
    return Array.from(
      { length: this.portCount },
      (_, portIndex) =>
        frames.find((frame) => frame.portIndex === portIndex) ??
        missingFrame(frames[0] as ModuleFrame, portIndex),
    );
  }

  #missed(frameNumber: bigint): number {
    const first = this.numberOf(0);
    const ofPorts = Array.from({ length: this.portCount }, (_, portIndex) => {
      const port = this.#ports.find((one) => one.portIndex === portIndex)?.port;
      return missedUpTo(port?.ranges ?? [], first, frameNumber);
    });
    return ofPorts.reduce((sum, missed) => sum + missed, 0);
  }

  /** Files that are still being written grow. */
  async #refresh(): Promise<void> {
    const grown = await this.#attempt(() => Promise.all(this.#ports.map(({ port }) => port.refresh())));
    if (grown.includes(true)) this.#numbers = numbersOf(this.#ports);
  }

  /** @throws {RecordingError} RECORDING_NOT_READABLE for an error of the system */
  async #attempt<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      throw new RecordingError(
        "RECORDING_NOT_READABLE",
        `Cannot read recording '${this.path}' any more: ${messageOf(error)}. Is its disk still there?`,
        { cause: error },
      );
    }
  }

  #damaged(frameNumber: bigint): RecordingError {
    return new RecordingError(
      "RECORDING_DAMAGED",
      `Frame ${frameNumber} of '${this.path}' is not where it was, or its header is damaged. Copy the file again.`,
    );
  }
}

/** The numbers of all ports. */
function numbersOf(ports: readonly PlacedPort[]): ExposureNumbers {
  return new ExposureNumbers(ports.flatMap(({ port }) => port.ranges));
}

/** The detector's clock at the first exposure; 0 without a clock, or if the frame cannot be read. */
async function firstTicks(ports: readonly PlacedPort[], numbers: ExposureNumbers): Promise<bigint> {
  const first = numbers.numberOf(0);
  const headers = await Promise.all(ports.map(({ port }) => port.headerOf(first)));
  return headers.find((header) => header !== undefined && header.timestampTicks > 0n)?.timestampTicks ?? 0n;
}

async function addedTo(frameNumber: bigint, sidecars: readonly Sidecar[]) {
  for (const sidecar of sidecars) {
    const added = await sidecar.addedTo(frameNumber).catch(() => undefined);
    if (added !== undefined) return added;
  }
  return undefined;
}
