import { setTimeout as delay } from "node:timers/promises";

/** Resolves when something holds. It waits as long as it takes: a test that waits in vain ends by its timeout. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(5);
}
