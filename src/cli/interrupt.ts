import type { Logger } from "../api/index.js";
import { EXIT } from "./exit-codes.js";
import { expectHangUp, isNohup } from "./hang-up.js";
import { isChildOfNpm, whenNpxHasGone } from "./npm-parents.js";

/** A signal that npm forwards, and that the terminal also sent here, arrives twice within this time. */
const ECHO_MS = 500;

/** The ways in which a process is asked to end. */
export interface Interruption {
  /** Aborts when work must end cleanly. */
  readonly signal: AbortSignal;
  /**
   * To be called when the start-up is over and there is work that must end cleanly. Before, Ctrl-C, SIGTERM and
   * SIGHUP end the process at once, whatever it does: the system does that without a turn of this thread.
   */
  started(): void;
}

let interruption: Interruption | undefined;

/**
 * A signal that aborts at the first Ctrl-C, SIGTERM or SIGHUP, or when the `npx` that started this process has ended,
 * so that work ends cleanly; the second Ctrl-C or SIGTERM ends the process. Before the first call of this function,
 * Ctrl-C ends the process at once.
 *
 * @param logger  gets the reason why work ends, unless the user at the keyboard caused it
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
      // A thread that waits for a dead file server prevents the exit of the process, so a third signal is left to the
      // system.
      process.removeAllListeners(name);
      process.exit(EXIT.interrupted);
    }
    askedMs ??= now;
    end(name === "SIGINT" ? undefined : name);
  };
  expectHangUp();
  // A closing terminal ends npx, and sends SIGHUP here: on a busy machine that is seen later.
  const survivesHangUp = isNohup();
  const stopLooking = whenNpxHasGone(() => end("npx has gone"), survivesHangUp ? 2 : 1);
  if (survivesHangUp) process.on("SIGHUP", stopLooking);

  let hasStarted = false;
  const started = () => {
    if (hasStarted) return;
    hasStarted = true;
    process.on("SIGINT", interrupt);
    process.on("SIGTERM", interrupt);
    // A closing terminal may send it twice, and systemd sends it after SIGTERM, so a second SIGHUP does not end the
    // process at once.
    if (!survivesHangUp) process.on("SIGHUP", end);
  };
  return { signal: controller.signal, started };
}
