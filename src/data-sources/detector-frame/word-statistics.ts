import {
  type CreateKernel,
  type Kernel,
  measurePixels,
  type PixelStatistics,
} from "../../calibration/index.js";

/** Measures raw words, [rows, columns], with the SIMD kernel, which is loaded at the first measurement. */
export class WordStatistics {
  readonly #createKernel: CreateKernel;
  #kernel: Kernel | undefined;
  #isLoading = false;

  constructor(createKernel: CreateKernel) {
    this.#createKernel = createKernel;
  }

  measure(words: Uint16Array): PixelStatistics {
    const kernel = this.#kernel;
    if (kernel === undefined) {
      this.#load();
      return measurePixels(words, undefined);
    }
    kernel.raw.set(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
    return kernel.measureWords();
  }

  /** Without the kernel, measuring only takes longer, so a failure is not reported. */
  #load(): void {
    if (this.#isLoading) return;
    this.#isLoading = true;
    this.#createKernel(() => undefined).then(
      (kernel) => {
        this.#kernel = kernel;
      },
      () => undefined,
    );
  }
}
