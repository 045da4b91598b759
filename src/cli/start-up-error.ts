import { isMonitorError, type MonitorError } from "../errors.js";

/** A fault that was found before anything ran: the user's to mend. */
export class StartUpError extends Error {
  readonly fault: MonitorError;

  constructor(fault: MonitorError) {
    super(fault.message, { cause: fault });
    this.fault = fault;
  }

  /** Run a step of starting up, and mark the errors of ours that it throws. */
  static async around<T>(step: () => T | Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      throw isMonitorError(error) ? new StartUpError(error) : error;
    }
  }
}
