import { type WasmMemory, WasmModule } from "../web-assembly/index.js";
import { KERNEL_MODULE_BASE64 } from "./kernel/kernel-module.js";
import { type AddedFrame, PartialSums, type SumPlanes } from "./partial-sums.js";

/** Pixels that the kernel processes together. */
const BLOCK_PIXELS = 16;
const PAGE_BYTES = 65_536;
/** Keeps planes from sharing the same sets of the processor's cache. */
const STAGGER_BYTES = 320;

type Add = (values: number, status: number, sums: number, maxima: number, pixels: number) => void;

/** Exports of assembly/sums.ts. */
interface SumsExports {
  readonly memory: WasmMemory;
  readonly addFloats: Add;
  readonly addIntegers: Add;
}

const MODULE = new WasmModule<SumsExports>(KERNEL_MODULE_BASE64);

/** Sums to which frames are added with SIMD, in the kernel's memory. */
class SimdSums extends PartialSums {
  readonly #exports: SumsExports;
  readonly #values: Float32Array;

  constructor(exports: SumsExports, pixels: number) {
    const { memory } = exports;
    const padded = Math.ceil(pixels / BLOCK_PIXELS) * BLOCK_PIXELS;
    let end = memory.buffer.byteLength;
    memory.grow(Math.ceil((padded * (8 + 4 + 4 + 1) + 4 * STAGGER_BYTES) / PAGE_BYTES));
    const place = (bytesPerPixel: number) => {
      const start = end;
      end += bytesPerPixel * padded + STAGGER_BYTES;
      return start;
    };
    const planes: SumPlanes = {
      sum: new Float64Array(memory.buffer, place(8), pixels),
      maximum: new Float32Array(memory.buffer, place(4), pixels),
      status: new Uint8Array(memory.buffer, place(1), pixels),
    };
    super(planes);
    this.#exports = exports;
    this.#values = new Float32Array(memory.buffer, place(4), pixels);
  }

  protected override addPixels(data: AddedFrame["data"]): void {
    if (data instanceof Uint16Array) {
      super.addPixels(data);
      return;
    }
    const { buffer, byteOffset, length } = this.#values;
    const isFloat = data instanceof Float32Array;
    if (isFloat) this.#values.set(data);
    else new Int32Array(buffer, byteOffset, length).set(data);
    const add = isFloat ? this.#exports.addFloats : this.#exports.addIntegers;
    const { status, sum, maximum } = this;
    const padded = Math.ceil(length / BLOCK_PIXELS) * BLOCK_PIXELS;
    add(byteOffset, status.byteOffset, sum.byteOffset, maximum.byteOffset, padded);
  }
}

/** Sums for frames of so many pixels; with SIMD if this machine has it. */
export function createSums(pixels: number): PartialSums {
  try {
    return new SimdSums(MODULE.instantiate(), pixels);
  } catch {
    return PartialSums.ofPixels(pixels); // the same sums, several times slower
  }
}
