import { takeMemory } from "../stream/index.js";

/** Blocks that wait to be used again: as many as the frames of one port that are read ahead, or in use. */
const MAX_SPARE = 4;

/** Memory for blocks of one size, used again when it is given back. */
export class ReadBlocks {
  readonly #sizeBytes: number;
  readonly #spare: Uint8Array[] = [];

  constructor(sizeBytes: number) {
    this.#sizeBytes = sizeBytes;
  }

  /** A block, whose content is arbitrary. */
  take(): Uint8Array {
    // Separate memory, which need not be cleared.
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(this.#sizeBytes);
  }

  /** Give a block back. The caller's view is empty afterwards; to give it twice does nothing. */
  give(block: Uint8Array): void {
    if (block.length === 0) return;
    const again = takeMemory(block);
    if (this.#spare.length < MAX_SPARE) this.#spare.push(again);
  }
}
