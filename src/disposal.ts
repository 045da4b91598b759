import { messageOf } from "./errors.js";

/**
 * Run every step, also those after one that fails: what one holds is no reason to keep the others.
 *
 * @throws what the only step that failed has thrown, or an AggregateError of all
 */
export function disposeOfAll(steps: readonly (() => void)[]): void {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      step();
    } catch (failure) {
      failures.push(failure);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, failures.map(messageOf).join("; "));
}
