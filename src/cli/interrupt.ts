import { EXIT } from "./exit-codes.js";

let signal: AbortSignal | undefined;

/**
 * The signal that aborts at the first Ctrl-C (or SIGTERM), so that work ends cleanly; the second ends the process. Ctrl-C
 * ends the process at once before this is asked for first.
 */
export function interruptSignal(): AbortSignal {
  signal ??= listen();
  return signal;
}

function listen(): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  return controller.signal;
}
