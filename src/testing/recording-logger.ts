import type { Logger } from "../api/index.js";

/** Remembers every line as `level message`. */
export class RecordingLogger implements Logger {
  /** In the order in which they were logged. */
  readonly lines: string[] = [];

  debug(message: string): void {
    this.lines.push(`debug ${message}`);
  }
  info(message: string): void {
    this.lines.push(`info ${message}`);
  }
  warn(message: string): void {
    this.lines.push(`warn ${message}`);
  }
  error(message: string): void {
    this.lines.push(`error ${message}`);
  }
}
