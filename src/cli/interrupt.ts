import type { Logger } from "../api/index.js";
import { EXIT } from "./exit-codes.js";
import { expectHangUp, isNohup } from "./hang-up.js";
import { isChildOfNpm, whenNpxHasGone } from "./npm-parents.js";

/** A signal that npm hands on, and that the terminal sent here as well, comes twice within this. */
const ECHO_MS = 500;

/** How a process learns that it is to end. */
export interface Interruption {
  /** Aborts when work is to end cleanly. */
  readonly signal: AbortSignal;
  /**
   * To be called when the start-up is over and there is work that has to end cleanly. Before, Ctrl-C, SIGTERM and SIGHUP end
   * the process at once, whatever it does: the system does that, and needs no turn of this thread.
   */
  started(): void;
}

let interruption: Interruption | undefined;

/**
 * The signal that aborts at the first Ctrl-C, SIGTERM or SIGHUP, or when the `npx` has gone that started this process, so that
 * work ends cleanly; the second Ctrl-C or SIGTERM ends the process. Ctrl-C ends the process at once before this is asked for
 * first.
 *
 * @param logger  gets why work ends, unless somebody at the keyboard knows
 */
export function interruptSignal(logger?: Logger): AbortSignal {
  const { signal, started } = interruptionAfterStart(logger);
  started();
  return signal;
}

/** {@link interruptSignal} for a command whose start-up may be slow. */
export function interruptionAfterStart(logger?: Logger): Interruption {
  interruption ??= listen(logger);
  return interruption;
}

function listen(logger: Logger | undefined): Interruption {
  const controller = new AbortController();
  const end = (why?: string) => {
    if (controller.signal.aborted) return;
    if (why !== undefined) logger?.info(`Ending: ${why}`);
    controller.abort();
  };

  const hasEchoes = isChildOfNpm();
  let askedMs: number | undefined;
  const interrupt = (name: NodeJS.Signals) => {
    const now = performance.now();
    const isEcho = hasEchoes && askedMs !== undefined && now - askedMs < ECHO_MS;
    if (askedMs !== undefined && !isEcho) {
      // A thread that waits for a dead file server keeps the process from its exit: a third one is left to the system.
      process.removeAllListeners(name);
      process.exit(EXIT.interrupted);
    }
    askedMs ??= now;
    end(name === "SIGINT" ? undefined : name);
  };
  expectHangUp();
  const stopLooking = whenNpxHasGone(() => end("npx has gone"));
  if (isNohup()) process.on("SIGHUP", stopLooking);

  let hasStarted = false;
  const started = () => {
    if (hasStarted) return;
    hasStarted = true;
    process.on("SIGINT", interrupt);
    process.on("SIGTERM", interrupt);
    // A terminal that closes may send it twice, and systemd sends it after SIGTERM: a second one ends nothing at once.
    if (!isNohup()) process.on("SIGHUP", end);
  };
  return { signal: controller.signal, started };
}
