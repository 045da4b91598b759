import { takeMemory } from "../stream/index.js";

/** Maximum number of free blocks: the frames of one port that are read ahead or in use. */
const MAX_SPARE = 4;

/** Reuses memory for blocks of one size. */
export class ReadBlocks {
  readonly #sizeBytes: number;
  readonly #spare: Uint8Array[] = [];

  constructor(sizeBytes: number) {
    this.#sizeBytes = sizeBytes;
  }

  /** A block with arbitrary content. */
  take(): Uint8Array {
    // Separate memory, which need not be cleared.
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(this.#sizeBytes);
  }

  /** Return a block for reuse. The caller's view is empty afterwards; repeated calls have no effect. */
  free(block: Uint8Array): void {
    if (block.length === 0) return;
    const spare = takeMemory(block);
    if (this.#spare.length < MAX_SPARE) this.#spare.push(spare);
  }
}
