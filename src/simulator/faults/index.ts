export { messageFaults, planOf, withFaults } from "./apply-faults.js";
export { FaultCounts } from "./fault-counts.js";
export {
  faultKind,
  isFaultName,
  SIMULATED_FAULTS,
  type SimulatedFault,
} from "./simulated-faults.js";
