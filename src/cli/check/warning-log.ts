import type { Logger } from "../../api/index.js";

/** Collects warnings and errors, each once. Other messages go to another log, as details. */
export class WarningLog implements Logger {
  readonly #details: Logger;
  readonly #warnings = new Set<string>();

  constructor(details: Logger) {
    this.#details = details;
  }

  get warnings(): string[] {
    return [...this.#warnings];
  }

  forget(): void {
    this.#warnings.clear();
  }

  debug(message: string): void {
    this.#details.debug(message);
  }
  info(message: string): void {
    this.#details.debug(message);
  }
  warn(message: string): void {
    this.#warnings.add(message);
  }
  error(message: string): void {
    this.#warnings.add(message);
  }
}
