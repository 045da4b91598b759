import { HostError } from "../errors.js";

/** How long a reader of standard output that takes nothing is waited for after Ctrl-C. */
const PATIENCE_MS = 2000;

/** What became of the reader: both mean that nothing more can be written. */
let fault: NodeJS.ErrnoException | undefined;
process.stdout.on("error", (error) => {
  fault ??= error;
});

/** Writes lines to standard output as fast as its reader takes them. */
export class Output {
  readonly #signal: AbortSignal;

  /** @param signal  ends waiting for a reader that takes nothing */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Whether nothing more can be written: the reader has gone away, or the disk is full. {@link finishOutput} tells. */
  get isClosed(): boolean {
    return fault !== undefined;
  }

  /** Resolves when the line has been taken whole, so that not more than one waits; or when the signal aborts. */
  async write(line: string): Promise<void> {
    if (this.isClosed) return;
    process.stdout.write(line);
    // A reader that keeps up has taken it by now: to wait, only to be called back, would cost more than to write.
    const isTaken = process.stdout.writableLength === 0 && process.stdout.errored === null;
    if (!isTaken) await taken("", this.#signal);
  }
}

/**
 * Wait until all that was written has been taken; after Ctrl-C not for ever: then what is left is lost, and the process ends.
 *
 * @throws {HostError} HOST_OUTPUT_FAILED, but not for a reader that has gone away (`| head -1`, a closed terminal)
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

/** Whether the other end of a pipe, or the terminal, is there no longer. */
function hasReaderGone({ code }: NodeJS.ErrnoException): boolean {
  return code === "EPIPE" || (code === "EIO" && process.stdout.isTTY);
}

/** Resolves when standard output has taken the text and all before it, or will take no more; or when the signal aborts. */
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
