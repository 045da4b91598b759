import { basename } from "node:path";
import type { Logger } from "../api/index.js";
import { messageOf } from "../errors.js";
import { FileWatch, type MonitorHost } from "../host/index.js";

const LOOK_INTERVAL_MS = 2000;

/** Reads a monitor's constants again: on SIGUSR2, and, if requested, when files have changed on disk. */
export class ConstantsReload {
  readonly #host: MonitorHost;
  readonly #logger: Logger;
  readonly #isAutomatic: boolean;
  readonly #onSignal = () => void this.#reload();
  #files: FileWatch | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Handles SIGUSR2 from now on, which would otherwise end the process. */
  constructor(host: MonitorHost, logger: Logger, options: { readonly isAutomatic: boolean }) {
    this.#host = host;
    this.#logger = logger;
    this.#isAutomatic = options.isAutomatic;
    process.on("SIGUSR2", this.#onSignal);
  }

  /** Watch the files. The host must be initialised. */
  async watch(): Promise<void> {
    const files = await FileWatch.of(this.#host.files());
    this.#files = files;
    const look = async () => {
      const changed = await files.changed();
      if (changed.length > 0) await this.#hear(changed);
      this.#timer?.refresh(); // not earlier, because a slow file system must not be queried twice at once
    };
    this.#timer = setTimeout(() => void look(), LOOK_INTERVAL_MS).unref();
  }

  /** May be repeated. */
  end(): void {
    process.off("SIGUSR2", this.#onSignal);
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #hear(changed: readonly string[]): Promise<void> {
    const what = `${changed.map((path) => basename(path)).join(", ")} changed on disk`;
    if (this.#isAutomatic) {
      this.#logger.info(`${what}: reading constants again`);
      await this.#reload();
    } else {
      this.#logger.info(
        `${what}. To use it, run 'kill -USR2 ${process.pid}', or start with --reload-constants.`,
      );
    }
  }

  async #reload(): Promise<void> {
    if (this.#host.files().length === 0) {
      this.#logger.info("This monitor has no constants to read again");
      return;
    }
    const started = performance.now();
    await this.#files?.accept();
    try {
      await this.#host.reload();
      const seconds = (performance.now() - started) / 1000;
      this.#logger.info(`Constants were read again in ${seconds.toFixed(1)} s, and are in use`);
    } catch (error) {
      this.#logger.error(`Constants were not read again, the old ones stay in use: ${messageOf(error)}`);
    }
  }
}
