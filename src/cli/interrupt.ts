import { EXIT } from "./exit-codes.js";

/** A signal that aborts at the first Ctrl-C (or SIGTERM), so that work ends cleanly; the second ends the process. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  return controller.signal;
}
