import type { Logger } from "../api/index.js";
import { EXIT } from "./exit-codes.js";
import { expectHangUp, isNohup } from "./hang-up.js";
import { isChildOfNpm, whenNpxHasGone } from "./npm-parents.js";

/** A signal that npm hands on, and that the terminal sent here as well, comes twice within this. */
const ECHO_MS = 500;

let signal: AbortSignal | undefined;

/**
 * The signal that aborts at the first Ctrl-C, SIGTERM or SIGHUP, or when the `npx` has gone that started this process, so that
 * work ends cleanly; the second Ctrl-C or SIGTERM ends the process. Ctrl-C ends the process at once before this is asked for
 * first.
 *
 * @param logger  gets why work ends, unless somebody at the keyboard knows
 */
export function interruptSignal(logger?: Logger): AbortSignal {
  signal ??= listen(logger);
  return signal;
}

function listen(logger: Logger | undefined): AbortSignal {
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
    if (askedMs !== undefined && !isEcho) process.exit(EXIT.interrupted);
    askedMs ??= now;
    end(name === "SIGINT" ? undefined : name);
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);

  expectHangUp();
  const stopLooking = whenNpxHasGone(() => end("npx has gone"));
  // A terminal that closes may send it twice, and systemd sends it after SIGTERM: a second one ends nothing at once.
  process.on("SIGHUP", isNohup() ? stopLooking : end);
  return controller.signal;
}
