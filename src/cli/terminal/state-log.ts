import type { Logger, StreamStatus } from "../../api/index.js";

const LOOK_INTERVAL_MS = 1000;
/** After so many looks at a stream that brings nothing, what is waited for is logged again. */
const LOOKS_UNTIL_REPEATED = 10;

/** Whether what is waited for is logged every so often, too: where no status line says so. */
export interface StateLogOptions {
  readonly repeats: boolean;
}

/** Logs each change of a stream's state, the recovery as well. */
export class StateLog {
  readonly #status: () => StreamStatus;
  readonly #logger: Logger;
  readonly #repeats: boolean;
  /** That the first frame is waited for has been logged when the streams were opened. */
  #state: string = "waiting";
  #hasStreamed = false;
  #looksSinceLogged = 0;

  constructor(status: () => StreamStatus, logger: Logger, { repeats }: StateLogOptions) {
    this.#status = status;
    this.#logger = logger;
    this.#repeats = repeats;
  }

  /** @returns a function that ends it */
  static start(status: () => StreamStatus, logger: Logger, options: StateLogOptions): () => void {
    const log = new StateLog(status, logger, options);
    const timer = setInterval(() => log.look(), LOOK_INTERVAL_MS);
    return () => {
      clearInterval(timer);
      // A run may be over before the first look. Streams that are closed by now look stalled, and are not.
      if (status().state === "streaming") log.look();
    };
  }

  look(): void {
    const { state, message } = this.#status();
    this.#looksSinceLogged += 1;
    const isDue = this.#repeats && this.#looksSinceLogged >= LOOKS_UNTIL_REPEATED;
    if (state === this.#state && (state === "streaming" || !isDue)) return;
    this.#state = state;
    this.#looksSinceLogged = 0;
    this.#logger.info(state === "streaming" && this.#hasStreamed ? `${message} again` : message);
    if (state === "streaming") this.#hasStreamed = true;
  }
}
