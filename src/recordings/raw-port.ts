import type { NumberRange } from "./exposure-numbers.js";
import type { RawFile, RawRecord } from "./raw-file.js";
import type { RecordedHeader } from "./recorded-frame.js";

/** Number of frames to search for one that gives the place of its port: a completely lost frame does not. */
const LOOKS_FOR_PLACE = 100;

/** All data files of one port, in order. */
export class RawPort {
  readonly #files: RawFile[];
  readonly #openNext: () => Promise<RawFile | undefined>;
  #refreshing: Promise<boolean> | undefined;
  #isClosed = false;
  /** Files whose frame numbers continue those of the previous file; others are not read. */
  #used: readonly RawFile[] = [];

  #ranges: readonly NumberRange[] = [];

  /** @param openNext  opens the file that follows the last one, when it exists */
  constructor(files: readonly RawFile[], openNext: () => Promise<RawFile | undefined>) {
    this.#files = [...files];
    this.#openNext = openNext;
    this.#chain();
  }

  /** Its frame numbers, in ascending order. */
  get ranges(): readonly NumberRange[] {
    return this.#ranges;
  }

  get frames(): number {
    return this.#used.reduce((sum, { frames }) => sum + frames, 0);
  }

  /** `run_d0_f0_3.raw`, the first. */
  get name(): string {
    return this.#files[0]?.name ?? "";
  }

  /** Look for new frames: in the newest file, and in a following one. @returns whether there are any */
  refresh(): Promise<boolean> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #refresh(): Promise<boolean> {
    const last = this.#files.at(-1);
    // Checked before the last file: when another one follows, the last one is complete.
    const next = await this.#openNext();
    if (next !== undefined) {
      this.#files.push(next);
      if (this.#isClosed) next.close();
    }
    const hasGrown = ((await last?.refresh()) ?? false) || next !== undefined;
    if (hasGrown) this.#chain();
    return hasGrown;
  }

  notes(): string[] {
    return [
      ...this.#files.flatMap((file) => file.notes()),
      ...this.#files
        .filter((file) => file.frames > 0 && !this.#used.includes(file))
        .map(
          ({ name }) =>
            `'${name}' is not read: its frame numbers do not continue those of the file before it.`,
        ),
    ];
  }

  /** @returns undefined if there is no frame with that number */
  async headerOf(frameNumber: bigint): Promise<RecordedHeader | undefined> {
    const file = this.#fileOf(frameNumber);
    const record = file?.recordOf(frameNumber);
    return record === undefined ? undefined : file?.headerOf(record);
  }

  /** @returns undefined if it can no longer be read */
  async read(frameNumber: bigint): Promise<RawRecord | undefined> {
    return this.#fileOf(frameNumber)?.read(frameNumber);
  }

  /** The header of the first frame that was not completely lost; else the first header. */
  async firstHeader(): Promise<RecordedHeader | undefined> {
    let first: RecordedHeader | undefined;
    const [file] = this.#used;
    const { firstRecord = 0, count = 0 } = file?.stretches[0] ?? {};
    for (let offset = 0; offset < Math.min(count, LOOKS_FOR_PLACE); offset += 1) {
      const header = await file?.headerOf(firstRecord + offset);
      if (header !== undefined && header.packetsCaught > 0) return header;
      first ??= header;
    }
    return first;
  }

  async modifiedSeconds(): Promise<number> {
    return (await this.#files[0]?.modifiedSeconds()) ?? 0;
  }

  close(): void {
    this.#isClosed = true;
    for (const file of this.#files) file.close();
  }

  #fileOf(frameNumber: bigint): RawFile | undefined {
    return this.#used.find((file) => file.recordOf(frameNumber) !== undefined);
  }

  #chain(): void {
    const used: RawFile[] = [];
    let newest: bigint | undefined;
    for (const file of this.#files) {
      const [first] = file.stretches;
      const last = file.stretches.at(-1);
      if (first === undefined || last === undefined) continue;
      if (newest !== undefined && first.firstNumber <= newest) continue;
      used.push(file);
      newest = last.firstNumber + BigInt(last.count) - 1n;
    }
    this.#used = used;
    this.#ranges = used.flatMap(({ stretches }) => stretches);
  }
}
