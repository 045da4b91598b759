import type { ErrorCode } from "./error-codes.js";

/** Shared by all copies of this package, so that {@link isMonitorError} also recognises errors of another copy. */
const MONITOR_ERROR = Symbol.for("om-monitor/MonitorError");

/** An error whose message says what is wrong, where, and what to do. */
export class MonitorError extends Error {
  readonly [MONITOR_ERROR] = true;
  override readonly name: string = "MonitorError";
  /** What went wrong, for programs. */
  readonly code: ErrorCode;

  /** @param message  what is wrong, where, and what to do */
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** An error in the configuration. */
export class ConfigurationError extends MonitorError {
  override readonly name = "ConfigurationError";
}

/** An error of the detector, its receivers or the network. A custom stream may yield it as a `fault`. */
export class StreamError extends MonitorError {
  override readonly name = "StreamError";
}

/** An error in constants files. */
export class CalibrationError extends MonitorError {
  override readonly name = "CalibrationError";
}

/** An error in recorded files. */
export class RecordingError extends MonitorError {
  override readonly name = "RecordingError";
}

/** An error of a host, its plugins or its outputs. */
export class HostError extends MonitorError {
  override readonly name = "HostError";
}

/** An error of the simulated detector. */
export class SimulatorError extends MonitorError {
  override readonly name = "SimulatorError";
}

/** Several faults, reported together. */
class FaultReport extends MonitorError {
  override readonly name = "FaultReport";
  readonly faults: readonly MonitorError[];

  constructor(faults: readonly MonitorError[]) {
    super(
      "MANY_FAULTS",
      `${faults.length} faults:\n${faults.map(({ code, message }) => `  - ${code}: ${message}`).join("\n")}`,
    );
    this.faults = faults;
  }
}

/** Whether a thrown value is an error of this package, or of another copy of it. */
export function isMonitorError(value: unknown): value is MonitorError {
  return typeof value === "object" && value !== null && MONITOR_ERROR in value;
}

/** The single faults of an error: a report's faults, or the error itself. */
export function faultsOf(error: MonitorError): readonly MonitorError[] {
  return error.code === "MANY_FAULTS" ? (error as FaultReport).faults : [error];
}

/** The message of a thrown value. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Collects faults, so that a start-up can report all of them at once. */
export class FaultCollector {
  readonly #faults: MonitorError[] = [];

  /** Run one step; if it fails, keep its faults and return undefined. Errors of other kinds are thrown on. */
  attempt<T>(step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      this.#keep(error);
      return undefined;
    }
  }

  /** {@link attempt} for an asynchronous step. */
  async attemptAsync<T>(step: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      this.#keep(error);
      return undefined;
    }
  }

  /** The faults so far. */
  get faults(): readonly MonitorError[] {
    return this.#faults;
  }

  add(fault: MonitorError): void {
    this.#faults.push(...faultsOf(fault));
  }

  /** @throws the only fault, or a {@link FaultReport} of all; a fault that two steps found is reported once */
  throwIfAny(): void {
    const different = [...new Map(this.#faults.map((fault) => [fault.message, fault])).values()];
    const [first] = different;
    if (first !== undefined) throw different.length === 1 ? first : new FaultReport(different);
  }

  #keep(error: unknown): void {
    if (!isMonitorError(error)) throw error;
    this.add(error);
  }
}

/**
 * Run every step, even after one has failed, so that a failure does not keep the others from freeing their resources.
 *
 * @throws the error of the step that failed, or an AggregateError if several failed
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
