import { createSums, PartialSums, type ReadSums } from "../../sums/index.js";
import type { Snapshot } from "../snapshot.js";

/** The window advances in quarters: it needs only the sums of these, not single frames. */
const BLOCKS_PER_WINDOW = 4;

/** Running sum and maximum of frames, pixel by pixel, over measurements only. */
export class Accumulation {
  /** Undefined for all frames since the last reset. */
  #window: number | undefined;
  /** Oldest first; frames are added to the last. */
  #blocks: PartialSums[] = [];
  #pixels = 0;
  /** A discarded block, to be reused for the next one, because the kernel's memory is freed late. */
  #spare: PartialSums | undefined;

  /** Frames in the sum: with a window, up to a quarter more than its size. */
  get frames(): number {
    return this.#blocks.reduce((frames, block) => frames + block.frames, 0);
  }

  get window(): number | undefined {
    return this.#window;
  }

  /** Restart, over about so many frames, or over all until the next reset. */
  setWindow(frames: number | undefined): void {
    this.#window = frames;
    this.reset();
  }

  reset(): void {
    this.#blocks = [];
  }

  /** Add a frame; a frame of another shape restarts the sums. The frame is not kept. */
  add({ data, status }: Pick<Snapshot, "data" | "status">): void {
    if (data.length !== this.#pixels) {
      this.reset();
      this.#pixels = data.length;
      this.#spare = undefined;
    }
    this.#current().add({ data, status });
    this.#forget();
  }

  /** The current sums, in their own memory, NaN without a measurement. Undefined before the first frame. */
  read(): ReadSums | undefined {
    const [first, ...others] = this.#blocks;
    if (first === undefined || others.length === 0) return first?.read();
    const all = PartialSums.ofPixels(this.#pixels);
    for (const block of this.#blocks) all.merge(block);
    return all.read();
  }

  /** The block to which the next frame belongs. */
  #current(): PartialSums {
    const last = this.#blocks.at(-1);
    const blockFrames =
      this.#window === undefined ? Number.POSITIVE_INFINITY : this.#blockFrames(this.#window);
    if (last !== undefined && last.frames < blockFrames) return last;
    const block = this.#spare ?? createSums(this.#pixels);
    this.#spare = undefined;
    block.clear();
    this.#blocks.push(block);
    return block;
  }

  #blockFrames(window: number): number {
    return Math.ceil(window / BLOCKS_PER_WINDOW);
  }

  /** Discard blocks that the window no longer needs. */
  #forget(): void {
    if (this.#window === undefined) return;
    let frames = this.frames;
    for (;;) {
      const oldest = this.#blocks[0];
      if (oldest === undefined || frames - oldest.frames < this.#window) return;
      frames -= oldest.frames;
      this.#spare = this.#blocks.shift();
    }
  }
}
