import { faultKind, type SimulatedFault } from "./simulated-faults.js";

/** Number of times that each of some faults acted, by the names in their table. */
export class FaultCounts {
  readonly #counts = new Map<string, number>();

  /** The counters of these faults start at 0. */
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
