import type { Snapshot } from "../snapshot.js";

/** A window moves in steps of this part of it, so that it costs no frames but sums of some. */
const BLOCKS_PER_WINDOW = 4;

/** Sum and maximum of some frames. */
interface Block {
  frames: number;
  readonly sum: Float64Array;
  /** -Infinity where no frame had a measurement. */
  readonly maximum: Float32Array;
}

/** Sum and maximum as they are shown, in the shape of the frames. */
export interface Accumulated {
  readonly sum: Float32Array;
  readonly maximum: Float32Array;
  /** 0 where any of the frames had a measurement; else why the last one had none. */
  readonly status: Uint8Array;
}

/** Running sum and maximum of frames, pixel by pixel, over measurements alone. */
export class Accumulation {
  /** Undefined: all since the last reset. */
  #window: number | undefined;
  /** Oldest first; frames are added to the last. */
  #blocks: Block[] = [];
  #status = new Uint8Array(0);

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
    if (data.length !== this.#status.length) {
      this.reset();
      this.#status = new Uint8Array(data.length);
    }
    this.#status.set(status);
    const block = this.#current(data.length);
    const { sum, maximum } = block;
    for (let pixel = 0; pixel < data.length; pixel++) {
      if (status[pixel] !== 0) continue;
      const value = data[pixel] as number;
      sum[pixel] = (sum[pixel] as number) + value;
      if (value > (maximum[pixel] as number)) maximum[pixel] = value;
    }
    block.frames += 1;
    this.#forget();
  }

  /** What there is now, in memory of its own; pixels without any measurement hold NaN. Undefined without a frame. */
  read(): Accumulated | undefined {
    const [first, ...others] = this.#blocks;
    if (first === undefined) return undefined;
    const pixels = this.#status.length;
    const sums = first.sum.slice();
    const maximum = first.maximum.slice();
    for (const block of others) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        sums[pixel] = (sums[pixel] as number) + (block.sum[pixel] as number);
        const value = block.maximum[pixel] as number;
        if (value > (maximum[pixel] as number)) maximum[pixel] = value;
      }
    }
    const sum = new Float32Array(sums);
    const status = this.#status.slice();
    for (let pixel = 0; pixel < pixels; pixel++) {
      if (maximum[pixel] !== Number.NEGATIVE_INFINITY) status[pixel] = 0;
      else sum[pixel] = maximum[pixel] = Number.NaN;
    }
    return { sum, maximum, status };
  }

  /** The block that the next frame belongs to. */
  #current(pixels: number): Block {
    const last = this.#blocks.at(-1);
    const blockFrames =
      this.#window === undefined ? Number.POSITIVE_INFINITY : this.#blockFrames(this.#window);
    if (last !== undefined && last.frames < blockFrames) return last;
    const block = {
      frames: 0,
      sum: new Float64Array(pixels),
      maximum: new Float32Array(pixels).fill(Number.NEGATIVE_INFINITY),
    };
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
      this.#blocks.shift();
    }
  }
}
