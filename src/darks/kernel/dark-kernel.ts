import { type WasmMemory, WasmModule } from "../../web-assembly/index.js";
import { type DarkSums, LEARNING_FRAMES, type Readings, SUMMED_FRAMES } from "./dark-sums.js";
import { KERNEL_MODULE_BASE64 } from "./kernel-module.js";

/** Pixels that the kernel processes together. */
const GROUP_PIXELS = 8;
const PAGE_BYTES = 65_536;
/** So that frames do not share the same sets of the processor's cache. */
const STAGGER_BYTES = 320;

/** Addresses, number and size of the frames, the gain code, and addresses of the planes. */
type Call = (
  words: number,
  stride: number,
  frames: number,
  pixels: number,
  code: number,
  ...planes: number[]
) => void;

/** The exports of assembly/darks.ts. */
interface DarkExports {
  readonly memory: WasmMemory;
  readonly learn: Call;
  readonly add: Call;
}

const MODULE = new WasmModule<DarkExports>(KERNEL_MODULE_BASE64);

/** Memory of the kernel: some frames, and planes with one number per pixel. */
class DarkMemory {
  readonly exports: DarkExports;
  /** [pixels] each. */
  readonly frames: readonly Uint16Array[];
  readonly #pixels: number;
  readonly #stride: number;
  #end: number;

  /**
   * @param bytesPerPixel  of all planes together
   * @param moreBytes      for everything except planes
   * @throws as {@link WasmModule.instantiate}
   */
  constructor(pixels: number, frames: number, bytesPerPixel: number, moreBytes = 0) {
    this.exports = MODULE.instantiate();
    this.#pixels = Math.ceil(pixels / GROUP_PIXELS) * GROUP_PIXELS;
    this.#stride = 2 * this.#pixels + STAGGER_BYTES;
    const { memory } = this.exports;
    this.#end = memory.buffer.byteLength;
    memory.grow(Math.ceil((frames * this.#stride + bytesPerPixel * this.#pixels + moreBytes) / PAGE_BYTES));
    this.frames = Array.from({ length: frames }, (_, frame) => {
      return new Uint16Array(memory.buffer, this.#end + frame * this.#stride, pixels);
    });
    this.#end += frames * this.#stride;
  }

  /** A plane with one number per pixel. */
  plane<T>(PlaneArray: PlaneConstructor<T>, length: number): T {
    const plane = new PlaneArray(this.exports.memory.buffer, this.#end, length);
    this.#end += PlaneArray.BYTES_PER_ELEMENT * this.#pixels;
    return plane;
  }

  call(run: Call, frames: number, code: number, planes: readonly { readonly byteOffset: number }[]): void {
    const words = this.frames[0]?.byteOffset ?? 0;
    run(words, this.#stride, frames, this.#pixels, code, ...planes.map(({ byteOffset }) => byteOffset));
  }
}

interface PlaneConstructor<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): T;
}

/** Readings of the first frames of a stage, with SIMD. The memory is freed with the last reference. */
export class SimdReadings implements Readings {
  readonly words: readonly Uint16Array[];
  readonly counts: Uint16Array;
  readonly medians: Uint16Array;
  readonly deviations: Uint16Array;
  readonly #memory: DarkMemory;
  readonly #scratch: Uint8Array;

  /** @throws as {@link DarkMemory} */
  constructor(pixels: number) {
    const scratchBytes = LEARNING_FRAMES * 2 * GROUP_PIXELS;
    const memory = new DarkMemory(pixels, LEARNING_FRAMES, 2 + 2 + 2, scratchBytes);
    this.#memory = memory;
    this.words = memory.frames;
    this.counts = memory.plane(Uint16Array, pixels);
    this.medians = memory.plane(Uint16Array, pixels);
    this.deviations = memory.plane(Uint16Array, pixels);
    this.#scratch = memory.plane(Uint8Array, scratchBytes);
  }

  learn(frames: number, code: number): void {
    const { exports } = this.#memory;
    this.#memory.call(exports.learn, frames, code, [
      this.#scratch,
      this.counts,
      this.medians,
      this.deviations,
    ]);
  }
}

/** Sums of dark frames, with SIMD. */
export class SimdSums implements DarkSums {
  readonly words: readonly Uint16Array[];
  readonly lows: Uint16Array;
  readonly ranges: Uint16Array;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
  readonly outliers: Uint32Array;
  readonly wrongStage: Uint32Array;
  readonly missing: Uint32Array;
  readonly invalidCode: Uint16Array;
  readonly #memory: DarkMemory;

  /** @throws as {@link DarkMemory} */
  constructor(pixels: number) {
    const memory = new DarkMemory(pixels, SUMMED_FRAMES, 8 + 8 + 4 + 4 + 4 + 2 + 2 + 2);
    this.#memory = memory;
    this.words = memory.frames;
    this.sums = memory.plane(Float64Array, pixels);
    this.squares = memory.plane(Float64Array, pixels);
    this.outliers = memory.plane(Uint32Array, pixels);
    this.wrongStage = memory.plane(Uint32Array, pixels);
    this.missing = memory.plane(Uint32Array, pixels);
    this.lows = memory.plane(Uint16Array, pixels);
    this.ranges = memory.plane(Uint16Array, pixels);
    this.invalidCode = memory.plane(Uint16Array, pixels);
  }

  add(frames: number, code: number): void {
    const { exports } = this.#memory;
    this.#memory.call(exports.add, frames, code, [
      this.lows,
      this.ranges,
      this.sums,
      this.squares,
      this.outliers,
      this.wrongStage,
      this.missing,
      this.invalidCode,
    ]);
  }
}
