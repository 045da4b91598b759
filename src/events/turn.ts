/** One turn of the event loop, from now on. */
export class Turn {
  #hasPassed = false;
  #pass: () => void = () => undefined;
  readonly #immediate: NodeJS.Immediate;
  /** Resolves when it has passed, or was cancelled. */
  readonly passed: Promise<void>;

  constructor() {
    this.passed = new Promise((resolve) => {
      this.#pass = resolve;
    });
    this.#immediate = setImmediate(() => {
      this.#hasPassed = true;
      this.#pass();
    });
  }

  get hasPassed(): boolean {
    return this.#hasPassed;
  }

  /** End the wait early. May be repeated. */
  cancel(): void {
    clearImmediate(this.#immediate);
    this.#pass();
  }
}
