import type { Logger, StreamStatus } from "../api/index.js";

const WAITING_INTERVAL_MS = 10_000;

/**
 * Log every so often what is waited for, where no status line says so.
 *
 * @returns a function that ends it
 */
export function logWaiting(status: () => StreamStatus, logger: Logger): () => void {
  const timer = setInterval(() => {
    const { state, message } = status();
    if (state !== "streaming") logger.info(message);
  }, WAITING_INTERVAL_MS);
  return () => clearInterval(timer);
}
