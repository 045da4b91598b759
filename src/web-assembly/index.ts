// TypeScript's types of WebAssembly are part of those of browsers, which are not used here.
const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyNamespace }).WebAssembly;

interface WebAssemblyNamespace {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** Memory of an instance. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** @param pages  of 64 KiB, to be added */
  grow(pages: number): number;
}

/** A WebAssembly module in a source file, as base64. It is compiled once per process, when it is first needed. */
export class WasmModule<Exports> {
  readonly #base64: string;
  #compiled: object | undefined;

  constructor(base64: string) {
    this.#base64 = base64;
  }

  /**
   * Make an instance with its own memory, which is freed together with the instance.
   *
   * @throws {CompileError} without SIMD; {RangeError} if there is no room for its memory
   */
  instantiate(): Exports {
    this.#compiled ??= new Module(Buffer.from(this.#base64, "base64"));
    return new Instance(this.#compiled).exports as Exports;
  }
}
