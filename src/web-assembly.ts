// The types of WebAssembly come with those of browsers, which have no place here.
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

/** A module of WebAssembly that a source file carries. It is compiled once a process, when it is first needed. */
export class WasmModule<Exports> {
  readonly #base64: string;
  #compiled: object | undefined;

  constructor(base64: string) {
    this.#base64 = base64;
  }

  /**
   * Make an instance with memory of its own, which goes when nobody holds it any more.
   *
   * @throws {CompileError} without SIMD; {RangeError} if there is no room for its memory
   */
  instantiate(): Exports {
    this.#compiled ??= new Module(Buffer.from(this.#base64, "base64"));
    return new Instance(this.#compiled).exports as Exports;
  }
}
