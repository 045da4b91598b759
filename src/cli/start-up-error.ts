import { isMonitorError, type MonitorError } from "../errors.js";

/** An error that was found before anything ran, for the user to correct. */
export class StartUpError extends Error {
  readonly fault: MonitorError;

  constructor(fault: MonitorError) {
    super(fault.message, { cause: fault });
    this.fault = fault;
  }

  /** Run a step of the start-up, and mark this package's errors that it throws. */
  static async around<T>(step: () => T | Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      throw isMonitorError(error) ? new StartUpError(error) : error;
    }
  }
}
