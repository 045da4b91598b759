import { createSums, PartialSums, type ReadSums } from "../../sums/index.js";
import type { Snapshot } from "../snapshot.js";

/** A window moves in steps of this part of it, so that it costs no frames but sums of some. */
const BLOCKS_PER_WINDOW = 4;

/** Running sum and maximum of frames, pixel by pixel, over measurements alone. */
export class Accumulation {
  /** Undefined: all since the last reset. */
  #window: number | undefined;
  /** Oldest first; frames are added to the last. */
  #blocks: PartialSums[] = [];
  #pixels = 0;
  /** A block that was given up, for the next one: memory of the kernel is freed late. */
  #spare: PartialSums | undefined;

  /** Frames in it now: within a window, up to a quarter more than it. */
  get frames(): number {
    return this.#blocks.reduce((frames, block) => frames + block.frames, 0);
  }

  get window(): number | undefined {
    return this.#window;
  }

  /** Begin anew, over about so many frames, or all until the next reset. */
  setWindow(frames: number | undefined): void {
    this.#window = frames;
    this.reset();
  }

  reset(): void {
    this.#blocks = [];
  }

  /** Add a frame; one of another shape than the last begins anew. Keeps nothing of it. */
  add({ data, status }: Pick<Snapshot, "data" | "status">): void {
    if (data.length !== this.#pixels) {
      this.reset();
      this.#pixels = data.length;
      this.#spare = undefined;
    }
    this.#current().add({ data, status });
    this.#forget();
  }

  /** What there is now, in memory of its own; pixels without any measurement hold NaN. Undefined without a frame. */
  read(): ReadSums | undefined {
    const [first, ...others] = this.#blocks;
    if (first === undefined || others.length === 0) return first?.read();
    const all = PartialSums.ofPixels(this.#pixels);
    for (const block of this.#blocks) all.merge(block);
    return all.read();
  }

  /** The block that the next frame belongs to. */
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

  /** Give up blocks that the window does without. */
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
