import type { NumberRange } from "./exposure-numbers.js";
import type { RawFile, RawRecord } from "./raw-file.js";
import type { RecordedHeader } from "./recorded-frame.js";

/** Frames to look at for one that says where its port belongs: one that was lost whole does not. */
const LOOKS_FOR_PLACE = 100;

/** All data files of one port, in their order. */
export class RawPort {
  readonly #files: readonly RawFile[];
  /** Files whose numbers go on from those before; others are not read. */
  #used: readonly RawFile[] = [];

  #ranges: readonly NumberRange[] = [];

  constructor(files: readonly RawFile[]) {
    this.#files = files;
    this.#chain();
  }

  /** Frame numbers that it has, in growing order. */
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

  /** @returns whether the newest file has grown */
  async refresh(): Promise<boolean> {
    const hasGrown = (await this.#files.at(-1)?.refresh()) ?? false;
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

  /** @returns undefined if there is no frame of that number */
  async headerOf(frameNumber: bigint): Promise<RecordedHeader | undefined> {
    const file = this.#fileOf(frameNumber);
    const record = file?.recordOf(frameNumber);
    return record === undefined ? undefined : file?.headerOf(record);
  }

  /** @returns undefined if it cannot be read any more */
  async read(frameNumber: bigint): Promise<RawRecord | undefined> {
    return this.#fileOf(frameNumber)?.read(frameNumber);
  }

  /** The first header of a frame that was not lost whole; else the first. */
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
