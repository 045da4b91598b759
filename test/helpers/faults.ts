import { faultsOf, isMonitorError } from "../../src/index.js";

/** Codes and messages of the faults that a step ends with; none if it succeeds. Errors that are not ours pass through. */
export async function codesAndMessages(step: Promise<unknown>): Promise<[code: string, message: string][]> {
  try {
    await step;
  } catch (error) {
    if (!isMonitorError(error)) throw error;
    return faultsOf(error).map(({ code, message }) => [code, message]);
  }
  return [];
}
