import { HostError } from "../errors.js";

/** How long to wait after Ctrl-C for a reader of standard output that reads nothing. */
const PATIENCE_MS = 2000;

/** Error of standard output: nothing more can be written. */
let fault: NodeJS.ErrnoException | undefined;
process.stdout.on("error", (error) => {
  fault ??= error;
});

/** Writes lines to standard output as fast as its reader takes them. */
export class Output {
  readonly #signal: AbortSignal;

  /** @param signal  ends the wait for a slow reader */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /**
   * Whether nothing more can be written, because the reader has exited, or the disk is full; see
   * {@link finishOutput}.
   */
  get isClosed(): boolean {
    return fault !== undefined;
  }

  /** Resolves when the complete line has been taken, so that only one waits; or when the signal aborts. */
  async write(line: string): Promise<void> {
    if (this.isClosed) return;
    process.stdout.write(line);
    // A reader that keeps up has taken it by now: waiting for a callback would cost more than writing.
    const isTaken = process.stdout.writableLength === 0 && process.stdout.errored === null;
    if (!isTaken) await taken("", this.#signal);
  }
}

/**
 * Wait until everything written has been taken. After Ctrl-C, the wait is limited: the rest is then lost, and
 * the process ends.
 *
 * @throws {HostError} HOST_OUTPUT_FAILED, except if the reader has exited (`| head -1`, a closed terminal)
 */
export async function finishOutput(signal: AbortSignal): Promise<void> {
  await taken("", signal);
  if (process.stdout.writableLength > 0) await taken("", AbortSignal.timeout(PATIENCE_MS));
  if (fault !== undefined && !hasReaderGone(fault)) {
    throw new HostError(
      "HOST_OUTPUT_FAILED",
      `Cannot write to standard output: ${fault.message}. Make room, or write to another place.`,
      { cause: fault },
    );
  }
  if (process.stdout.writableLength > 0) process.exit();
}

/** Whether the other end of a pipe, or the terminal, has closed. */
function hasReaderGone({ code }: NodeJS.ErrnoException): boolean {
  return code === "EPIPE" || (code === "EIO" && process.stdout.isTTY);
}

/** Resolves when standard output has taken this and all before, or has failed; or when the signal aborts. */
function taken(text: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      signal.removeEventListener("abort", end);
      resolve();
    };
    signal.addEventListener("abort", end);
    process.stdout.write(text, end);
    if (signal.aborted) end();
  });
}
