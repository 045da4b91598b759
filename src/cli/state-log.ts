import type { Logger, StreamStatus } from "../api/index.js";

const LOOK_INTERVAL_MS = 1000;
/** After so many looks at a stream that brings nothing, what is waited for is logged again. */
const LOOKS_UNTIL_REPEATED = 10;

/** Logs each change of a stream's state, and every so often what is waited for, where no status line says so. */
export class StateLog {
  readonly #status: () => StreamStatus;
  readonly #logger: Logger;
  /** That the first frame is waited for has been logged when the streams were opened. */
  #state: string = "waiting";
  #hasStreamed = false;
  #looksSinceLogged = 0;

  constructor(status: () => StreamStatus, logger: Logger) {
    this.#status = status;
    this.#logger = logger;
  }

  /** @returns a function that ends it */
  static start(status: () => StreamStatus, logger: Logger): () => void {
    const log = new StateLog(status, logger);
    const timer = setInterval(() => log.look(), LOOK_INTERVAL_MS);
    return () => clearInterval(timer);
  }

  look(): void {
    const { state, message } = this.#status();
    this.#looksSinceLogged += 1;
    const isRepeated = state !== "streaming" && this.#looksSinceLogged >= LOOKS_UNTIL_REPEATED;
    if (state === this.#state && !isRepeated) return;
    this.#state = state;
    this.#looksSinceLogged = 0;
    this.#logger.info(state === "streaming" && this.#hasStreamed ? `${message} again` : message);
    if (state === "streaming") this.#hasStreamed = true;
  }
}
