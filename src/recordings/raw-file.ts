import type { FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import { type FrameNumbers, findFrameNumbers, type Stretch } from "./frame-numbers.js";
import { isPlausible, parseRawHeader } from "./raw-header.js";
import { RAW_HEADER_BYTES } from "./raw-layout.js";
import type { ReadBlocks } from "./read-blocks.js";
import type { RecordedHeader } from "./recorded-frame.js";
import { openRegularFile } from "./regular-file.js";

/** A header and its image. */
export interface RawRecord {
  readonly header: RecordedHeader;
  readonly raw: Uint8Array;
  /** Frees the memory; `raw` is empty afterwards. */
  readonly release: () => void;
}

/** One data file of one port. Frames are read one by one, at their positions. */
export class RawFile {
  readonly name: string;
  readonly #file: FileHandle;
  readonly #imageBytes: number;
  readonly #recordBytes: number;
  readonly #blocks: ReadBlocks;
  #records = 0;
  #numbers: FrameNumbers = { stretches: [], damaged: 0, ofOtherRuns: 0 };
  #sizeBytes = 0;

  private constructor(path: string, file: FileHandle, imageBytes: number, blocks: ReadBlocks) {
    this.name = basename(path);
    this.#file = file;
    this.#imageBytes = imageBytes;
    this.#recordBytes = RAW_HEADER_BYTES + imageBytes;
    this.#blocks = blocks;
  }

  /**
   * @param blocks  memory for whole frames with their headers
   * @throws {RecordingError} RECORDING_NOT_READABLE
   */
  static async open(path: string, imageBytes: number, blocks: ReadBlocks): Promise<RawFile> {
    const file = new RawFile(path, await openRegularFile(path), imageBytes, blocks);
    try {
      await file.refresh();
      return file;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  get stretches(): readonly Stretch[] {
    return this.#numbers.stretches;
  }

  get frames(): number {
    return this.stretches.reduce((sum, { count }) => sum + count, 0);
  }

  /** When it was written to last, in seconds since 1970. */
  async modifiedSeconds(): Promise<number> {
    return (await this.#file.stat()).mtimeMs / 1000;
  }

  /** Check the size of the file again. @returns whether there are more frames than before */
  async refresh(): Promise<boolean> {
    this.#sizeBytes = (await this.#file.stat()).size;
    const records = Math.floor(this.#sizeBytes / this.#recordBytes);
    if (records === this.#records) return false;
    this.#records = records;
    this.#numbers = await findFrameNumbers(records, async (record) => {
      const header = await this.headerOf(record);
      return header && isPlausible(header, this.#imageBytes) ? header.frameNumber : undefined;
    });
    return true;
  }

  /** What is incomplete, one sentence each. */
  notes(): string[] {
    const { damaged, ofOtherRuns } = this.#numbers;
    const rest = this.#sizeBytes - this.#records * this.#recordBytes;
    return [
      ...(rest > 0 ? [`'${this.name}' ends within a frame: its last ${rest} bytes are ignored.`] : []),
      ...(ofOtherRuns > 0
        ? [
            `'${this.name}': frame numbers restart; ${this.frames} consecutive frames are read, and ${ofOtherRuns} others ` +
              "are not.",
          ]
        : []),
      ...(damaged > 0 ? [`'${this.name}': frames left out because of damaged headers: ${damaged}.`] : []),
    ];
  }

  /** The position of the frame with that number; undefined if it is not in this file. */
  recordOf(frameNumber: bigint): number | undefined {
    const stretch = this.stretches.findLast(({ firstNumber }) => firstNumber <= frameNumber);
    if (stretch === undefined) return undefined;
    const offset = frameNumber - stretch.firstNumber;
    return offset < BigInt(stretch.count) ? stretch.firstRecord + Number(offset) : undefined;
  }

  /** @returns undefined if the file has become shorter */
  async headerOf(record: number): Promise<RecordedHeader | undefined> {
    const bytes = new Uint8Array(RAW_HEADER_BYTES);
    return (await this.#read(record, bytes)) ? parseRawHeader(bytes) : undefined;
  }

  /** Read a frame. @returns undefined if it no longer exists, or its header has another number */
  async read(frameNumber: bigint): Promise<RawRecord | undefined> {
    const record = this.recordOf(frameNumber);
    if (record === undefined) return undefined;
    const bytes = this.#blocks.take();
    if (!(await this.#read(record, bytes))) return undefined;
    const header = parseRawHeader(bytes);
    if (header.frameNumber !== frameNumber || !isPlausible(header, this.#imageBytes)) return undefined;
    return { header, raw: bytes.subarray(RAW_HEADER_BYTES), release: () => this.#blocks.free(bytes) };
  }

  /** Fill memory from the start of a record. @returns false if the file has become shorter */
  async #read(record: number, bytes: Uint8Array): Promise<boolean> {
    const start = record * this.#recordBytes;
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await this.#file.read(bytes, done, bytes.length - done, start + done);
      if (bytesRead === 0) return false;
      done += bytesRead;
    }
    return true;
  }

  /** May be repeated. */
  close(): void {
    this.#file.close().catch(() => undefined);
  }
}
