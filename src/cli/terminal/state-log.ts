import type { Logger, StreamStatus } from "../../api/index.js";

const LOOK_INTERVAL_MS = 1000;
/** After this many checks of a silent stream, the log repeats what is awaited. */
const LOOKS_UNTIL_REPEATED = 10;

/** Whether the log also repeats what is awaited, if no status line shows it. */
export interface StateLogOptions {
  readonly repeats: boolean;
}

/** Logs each change of a stream's state, including the recovery. */
export class StateLog {
  readonly #status: () => StreamStatus;
  readonly #logger: Logger;
  readonly #repeats: boolean;
  /** Waiting for the first frame was already logged when the streams were opened. */
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
      // A run may be over before the first check. Streams that are already closed look stalled, but are not.
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
