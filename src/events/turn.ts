/** One turn of the event loop, from now on. */
export class Turn {
  #hasPassed = false;
  /** Resolves when it has passed. */
  readonly passed: Promise<void>;

  constructor() {
    this.passed = new Promise((resolve) => {
      setImmediate(() => {
        this.#hasPassed = true;
        resolve();
      });
    });
  }

  get hasPassed(): boolean {
    return this.#hasPassed;
  }
}
