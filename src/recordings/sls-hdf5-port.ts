import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { DetectorLayout } from "../detector.js";
import { RecordingError } from "../errors.js";
import type { NumberRange } from "./exposure-numbers.js";
import type { FrameNumbers, Stretch } from "./frame-numbers.js";
import type { RecordedHeader } from "./recorded-frame.js";
import { SlsHdf5Part } from "./sls-hdf5-part.js";
import type { DataFile } from "./sls-hdf5-run.js";

/** Number of completely lost frames at the start to skip: their headers do not give the place of the port. */
const LOOKS_FOR_HEADER = 100;

/** A frame as stored in its file. */
interface RecordedImage {
  readonly header: RecordedHeader;
  /** Words with gain bits, uint16 little-endian, [rows, 1024]; owned by the caller. */
  readonly raw: Uint8Array;
}

/** What is known of a data file that is not open. */
interface KnownPart {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Undefined if it could not be read. */
  readonly rows: number | undefined;
  readonly stretches: readonly Stretch[];
  readonly notes: readonly string[];
}

/** The data files of one port. Only one of them is open at a time. */
export class SlsHdf5Port {
  /** The port's number in the names of its files. */
  readonly portIndex: number;
  readonly #layout: DetectorLayout;
  #parts: KnownPart[] = [];
  /** Files whose frame numbers continue those of the previous file. */
  #used: readonly KnownPart[] = [];
  #ranges: readonly NumberRange[] = [];
  #open: SlsHdf5Part | undefined;
  #isClosed = false;

  constructor(portIndex: number, layout: DetectorLayout) {
    this.portIndex = portIndex;
    this.#layout = layout;
  }

  /**
   * Examine files that are new or have changed. A file that cannot be read becomes a note.
   *
   * @returns whether there were any
   */
  async refresh(files: readonly DataFile[]): Promise<boolean> {
    const before = this.#parts;
    this.#parts = [];
    for (const { path } of files) this.#parts.push(await this.#look(path, before));
    this.#used = inLine(this.#parts);
    this.#ranges = this.#used.flatMap(({ stretches }) => stretches);
    return this.#parts.some((part) => !before.includes(part));
  }

  /** Rows of its frames; undefined if no file can be read. */
  get rows(): number | undefined {
    return this.#parts.find(({ rows }) => rows !== undefined)?.rows;
  }

  /** Its frame numbers, in ascending order. */
  get ranges(): readonly NumberRange[] {
    return this.#ranges;
  }

  /** What is incomplete, one sentence each. */
  get notes(): readonly string[] {
    return this.#parts.flatMap((part) => {
      const isUsed = part.stretches.length === 0 || this.#used.includes(part);
      const name = basename(part.path);
      return isUsed
        ? part.notes
        : [`'${name}' is not read: its frame numbers do not continue those of the file before it.`];
    });
  }

  /** When its first file was written to last, in seconds since 1970. */
  get modifiedSeconds(): number {
    return (this.#parts[0]?.modifiedMs ?? 0) / 1000;
  }

  /** The header of the first frame that was not completely lost; undefined if there is none near the start. */
  async firstHeader(): Promise<RecordedHeader | undefined> {
    const [part] = this.#used;
    const [stretch] = part?.stretches ?? [];
    if (part === undefined || stretch === undefined) return undefined;
    const file = await this.#openPart(part);
    for (let offset = 0; offset < Math.min(stretch.count, LOOKS_FOR_HEADER); offset++) {
      try {
        const header = file.header(stretch.firstRecord + offset);
        if (header.packetsCaught > 0) return header;
      } catch (error) {
        if (!(error instanceof RecordingError)) throw error;
      }
    }
    return undefined;
  }

  /**
   * Read a frame; undefined if there is none with that number.
   *
   * @throws {RecordingError} RECORDING_DAMAGED, _NOT_READABLE
   */
  async read(frameNumber: bigint): Promise<RecordedImage | undefined> {
    const place = this.#placeOf(frameNumber);
    if (place === undefined) return undefined;
    const part = await this.#openPart(place.part);
    const header = part.header(place.record);
    if (header.frameNumber === frameNumber) return { header, raw: part.image(place.record) };
    throw new RecordingError(
      "RECORDING_DAMAGED",
      `'${part.path}' has changed: frame ${header.frameNumber} is where ${frameNumber} was. Open it again.`,
    );
  }

  /** May be repeated. */
  close(): void {
    this.#isClosed = true;
    this.#open?.close();
    this.#open = undefined;
  }

  #placeOf(frameNumber: bigint): { readonly part: KnownPart; readonly record: number } | undefined {
    for (const part of this.#used) {
      const stretch = part.stretches.findLast(({ firstNumber }) => firstNumber <= frameNumber);
      const offset = stretch === undefined ? -1 : Number(frameNumber - stretch.firstNumber);
      if (stretch !== undefined && offset < stretch.count)
        return { part, record: stretch.firstRecord + offset };
    }
    return undefined;
  }

  async #openPart({ path }: KnownPart): Promise<SlsHdf5Part> {
    if (this.#open?.path === path) return this.#open;
    this.#open?.close();
    this.#open = undefined;
    const part = await SlsHdf5Part.open(path, this.#layout);
    if (this.#isClosed) {
      part.close();
      throw new RecordingError("RECORDING_NOT_READABLE", `'${path}' was closed while it was being opened.`);
    }
    this.#open = part;
    return part;
  }

  async #look(path: string, before: readonly KnownPart[]): Promise<KnownPart> {
    const { size: sizeBytes, mtimeMs: modifiedMs } = await stat(path);
    const known = before.find((part) => part.path === path);
    if (known?.sizeBytes === sizeBytes && known.modifiedMs === modifiedMs) return known;
    if (this.#open?.path === path) {
      this.#open.close();
      this.#open = undefined;
    }
    const identity = { path, sizeBytes, modifiedMs };
    let part: SlsHdf5Part;
    try {
      part = await SlsHdf5Part.open(path, this.#layout);
    } catch (error) {
      // A file of another detector is not damaged, but a mistake.
      if (!(error instanceof RecordingError) || error.code === "RECORDING_FORMAT") throw error;
      return {
        ...identity,
        rows: undefined,
        stretches: [],
        notes: [`${error.message} Its frames are missing.`],
      };
    }
    try {
      const numbers = await part.frameNumbers();
      return { ...identity, rows: part.rows, stretches: numbers.stretches, notes: notesOf(part, numbers) };
    } finally {
      part.close();
    }
  }
}

function notesOf(
  { path, records }: SlsHdf5Part,
  { damaged, holes, ofOtherRuns }: FrameNumbers & { readonly holes: number },
): string[] {
  const name = `'${basename(path)}'`;
  return [
    ...(damaged > 0
      ? [
          `${name} is truncated or damaged: the numbers of ${damaged} of ${records} frames cannot be read. They are left out.`,
        ]
      : []),
    ...(holes > 0 ? [`${name}: ${holes} of ${records} frames were not written.`] : []),
    ...(ofOtherRuns > 0
      ? [`${name}: frame numbers restart; ${ofOtherRuns} of ${records} frames are not read.`]
      : []),
  ];
}

/** Files whose frame numbers continue those of the previous file. */
function inLine(parts: readonly KnownPart[]): KnownPart[] {
  let last = -1n;
  return parts.filter(({ stretches }) => {
    const [first, end] = [stretches[0], stretches.at(-1)];
    if (first === undefined || end === undefined || first.firstNumber <= last) return false;
    last = end.firstNumber + BigInt(end.count) - 1n;
    return true;
  });
}
