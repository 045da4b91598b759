import { setTimeout as delay } from "node:timers/promises";

/** Many times what anything takes on a busy machine: who waits for longer waits in vain. */
export const PATIENCE_MS = 90_000;

/** Resolves when something holds; rejects when it has not for {@link PATIENCE_MS}, with what `seen` says. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  { everyMs = 5, seen }: { everyMs?: number; seen?: () => unknown } = {},
): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > endMs) {
      throw new Error(
        `never: ${holds}${seen === undefined ? "" : `, but at last: ${JSON.stringify(seen())}`}`,
      );
    }
    await delay(everyMs);
  }
}
