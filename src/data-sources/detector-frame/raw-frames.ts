import {
  type BadPixelCounts,
  countAbove,
  countGainStages,
  measureRegion,
  measureRings,
  noBadPixels,
  PIXEL_STATUS,
} from "../../calibration/index.js";
import { BYTES_PER_WORD, MISSING_WORD, MODULE_COLUMNS } from "../../detector.js";
import type { JungfrauEvent } from "../../events/index.js";
import type { RawFrame } from "./frame.js";
import type { FrameGeometry } from "./frame-geometry.js";
import type { FrameMaker } from "./frame-maker.js";
import { FrameMemory, ownedFrame, type WithoutMethods } from "./frame-memory.js";
import { ownedCopy } from "./owned-memory.js";
import type { WordStatistics } from "./word-statistics.js";

/** Makes frames of raw words. */
export class RawFrames implements FrameMaker {
  readonly #geometry: FrameGeometry;
  /** The detector's words, without gaps. */
  readonly #words: Uint16Array;
  readonly #memory: FrameMemory;
  /** Memory of borrowed frames: the same memory, or frames with gaps. */
  readonly #lent: Uint16Array;
  /** Position of the gaps; undefined if there are none. */
  readonly #status: Uint8Array | undefined;

  constructor(geometry: FrameGeometry, statistics: WordStatistics) {
    this.#geometry = geometry;
    const { pixels } = geometry.layout;
    this.#words = new Uint16Array(pixels);
    this.#memory = new FrameMemory({
      statistics: () => statistics.measure(this.#words),
      measureRegion: (region) => measureRegion(this.#lent, undefined, geometry.shape[1], region),
      measureRings: (map) => measureRings(this.#lent, undefined, map),
      countAbove: (threshold) => countAbove(this.#words, undefined, threshold),
      countGainStages: (marginAdu) => countGainStages(this.#words, undefined, marginAdu),
    });
    this.#lent = geometry.isPlain ? this.#words : this.#empty();
    if (geometry.isPlain) return;
    this.#status = new Uint8Array(geometry.pixels).fill(PIXEL_STATUS.gap);
    geometry.place(new Uint8Array(pixels).fill(PIXEL_STATUS.good), this.#status);
  }

  own(event: JungfrauEvent): RawFrame {
    const frame = this.#frame(event, this.#empty(), this.#status && ownedCopy(this.#status));
    return ownedFrame(frame, (marginAdu) => countGainStages(frame.data, undefined, marginAdu));
  }

  borrow(event: JungfrauEvent): RawFrame {
    return this.#memory.lend(this.#frame(event, this.#lent, this.#status), event);
  }

  #empty(): Uint16Array {
    const data = new Uint16Array(this.#geometry.pixels);
    return this.#geometry.isPlain ? data : data.fill(MISSING_WORD);
  }

  #frame(event: JungfrauEvent, data: Uint16Array, status: Uint8Array | undefined): WithoutMethods<RawFrame> {
    const { shape, isPlain } = this.#geometry;
    const words = isPlain ? data : this.#words;
    if (words === this.#words) this.#memory.overwrite();
    assemble(event, words);
    if (!isPlain) this.#geometry.place(words, data);
    return {
      shape,
      stride: [shape[1], 1],
      dtype: "uint16",
      unit: "raw",
      data,
      ...(status && { status }),
      badPixels: rawBadPixels(event, words),
      incomplete: event.incomplete,
    };
  }
}

/** Stack the ports' words, [rows, columns]. Byte by byte, because a payload may start at an odd address. */
function assemble(event: JungfrauEvent, into: Uint16Array): void {
  const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
  for (const { raw, rows, portIndex } of event.frames) {
    bytes.set(raw, portIndex * rows * MODULE_COLUMNS * BYTES_PER_WORD);
  }
}

/** Raw words are not checked, except for those that the receiver filled in. */
function rawBadPixels({ frames }: JungfrauEvent, words: Uint16Array): BadPixelCounts {
  const badPixels = noBadPixels();
  for (const { complete, missing, rows, portIndex } of frames) {
    const pixels = rows * MODULE_COLUMNS;
    if (missing) badPixels.missing += pixels;
    else if (!complete)
      badPixels.missing += countMissing(words, portIndex * pixels, (portIndex + 1) * pixels);
  }
  return badPixels;
}

/** By index: an iterator takes ten times as long. */
function countMissing(words: Uint16Array, start: number, end: number): number {
  let missing = 0;
  for (let pixel = start; pixel < end; pixel++) if (words[pixel] === MISSING_WORD) missing += 1;
  return missing;
}
