import type { FileHandle } from "node:fs/promises";
import { openRegularFile } from "./regular-file.js";

/** Many lines, but quickly read. */
const WINDOW_BYTES = 65_536;

type Added = Readonly<Record<string, unknown>>;

/** The lines of a part of the file, and the frame numbers that they cover. */
interface Window {
  readonly lines: ReadonlyMap<bigint, Added>;
  readonly from: bigint;
  /** Undefined at the end of the file. */
  readonly to: bigint | undefined;
  /** Size of the file, which may grow. */
  readonly sizeBytes: number;
}

/**
 * Values that users added to frame headers. `record` writes one line of JSON per frame: `{"frameNumber": 41,
 * "addJsonHeader": {"laser": "on"}}`. Frame numbers increase, so a line is found by bisection.
 */
export class Sidecar {
  readonly #file: FileHandle;
  #window: Window | undefined;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @returns undefined if the file does not exist or cannot be read: frames can be used without it */
  static async open(path: string): Promise<Sidecar | undefined> {
    return openRegularFile(path).then(
      (file) => new Sidecar(file),
      () => undefined,
    );
  }

  /** The values that were added to the header of that frame; undefined if there are none. */
  async addedTo(frameNumber: bigint): Promise<Added | undefined> {
    const { size } = await this.#file.stat();
    const window = this.#window;
    const isCovered =
      window !== undefined &&
      frameNumber >= window.from &&
      (window.to === undefined ? window.sizeBytes === size : frameNumber <= window.to);
    if (!isCovered) this.#window = await this.#find(frameNumber, size);
    return this.#window?.lines.get(frameNumber);
  }

  /** May be repeated. */
  close(): void {
    this.#file.close().catch(() => undefined);
  }

  async #find(frameNumber: bigint, sizeBytes: number): Promise<Window> {
    let from = 0;
    for (let to = sizeBytes; to - from > WINDOW_BYTES / 2; ) {
      const middle = Math.floor((from + to) / 2);
      const window = await this.#read(middle, sizeBytes);
      if (window.lines.size > 0 && window.from <= frameNumber) from = middle;
      else to = middle;
    }
    return this.#read(from, sizeBytes);
  }

  /** The complete lines of the window that starts at a position. */
  async #read(position: number, sizeBytes: number): Promise<Window> {
    const bytes = Buffer.alloc(WINDOW_BYTES);
    const { bytesRead } = await this.#file.read(bytes, 0, WINDOW_BYTES, position);
    const text = bytes.toString("utf8", 0, bytesRead).split("\n");
    // The first line may have begun before the window, unless it is the file's first; the last may continue after it.
    const isEnd = bytesRead < WINDOW_BYTES;
    const lines = new Map(
      text.slice(position === 0 ? 0 : 1, isEnd ? undefined : -1).flatMap((line) => parsed(line)),
    );
    const numbers = [...lines.keys()];
    return {
      lines,
      from: position === 0 ? 0n : (numbers[0] ?? 0n),
      to: isEnd ? undefined : numbers.at(-1),
      sizeBytes,
    };
  }
}

/** A line, or nothing if it is damaged. */
function parsed(line: string): [bigint, Added][] {
  const [, digits] = /^\s*\{\s*"frameNumber"\s*:\s*(\d{1,20})\s*,/.exec(line) ?? [];
  if (digits === undefined) return [];
  try {
    const { addJsonHeader } = JSON.parse(line) as { addJsonHeader?: unknown };
    const isObject = typeof addJsonHeader === "object" && addJsonHeader !== null;
    return isObject ? [[BigInt(digits), addJsonHeader as Added]] : [];
  } catch {
    return [];
  }
}
