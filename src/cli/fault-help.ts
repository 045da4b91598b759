import { SIMULATED_FAULTS } from "../simulator/faults/index.js";

/** Every fault of the simulated detector, one per line. */
export function faultsHelp(): string {
  const faults = Object.entries(SIMULATED_FAULTS).map(([name, kind]) => {
    const withValue = "value" in kind ? `${name}[=${kind.value.name}]` : name;
    const usual = "value" in kind ? ` (default: ${kind.value.format(kind.usual)})` : "";
    return `  ${withValue.padEnd(28)}${kind.does}${usual}`;
  });
  return `\nFaults; times count from the start:\n${faults.join("\n")}`;
}
