import { faultKind, type SimulatedFault } from "./simulated-faults.js";

/** How often each of some faults did something, by the names in their table. */
export class FaultCounts {
  readonly #counts = new Map<string, number>();

  /** What these faults may do is counted from 0. */
  constructor(faults: readonly SimulatedFault[]) {
    for (const { name } of faults) {
      const { counted } = faultKind(name);
      if (counted !== undefined) this.#counts.set(counted, 0);
    }
  }

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  get all(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}
