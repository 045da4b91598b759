import type { ErrorCode } from "./error-codes.js";

/** Known to every copy of this package, so that {@link isMonitorError} holds for another copy's errors too. */
const MONITOR_ERROR = Symbol.for("om-monitor/MonitorError");

/** An error whose message says what is wrong, where, and what mends it. */
export class MonitorError extends Error {
  readonly [MONITOR_ERROR] = true;
  override readonly name: string = "MonitorError";
  /** What went wrong, for programs. */
  readonly code: ErrorCode;

  /** @param message  what is wrong, where, and what mends it */
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** For whoever writes the configuration. */
export class ConfigurationError extends MonitorError {
  override readonly name = "ConfigurationError";
}

/** For whoever runs the detector and its receivers. A stream of another make yields it as a `fault`. */
export class StreamError extends MonitorError {
  override readonly name = "StreamError";
}

/** For whoever makes the constants files. */
export class CalibrationError extends MonitorError {
  override readonly name = "CalibrationError";
}

/** For whoever names or copies recorded files. */
export class RecordingError extends MonitorError {
  override readonly name = "RecordingError";
}

/** For whoever writes or installs hosts and plugins. */
export class HostError extends MonitorError {
  override readonly name = "HostError";
}

/** For whoever sets up the simulated detector. */
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

/** Whether a thrown value is an error of this project, from whichever copy of it. */
export function isMonitorError(value: unknown): value is MonitorError {
  return typeof value === "object" && value !== null && MONITOR_ERROR in value;
}

/** The single faults of an error: a report's faults, or the error itself. */
export function faultsOf(error: MonitorError): readonly MonitorError[] {
  return error.code === "MANY_FAULTS" ? (error as FaultReport).faults : [error];
}

/** What a thrown value says. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Goes on after a fault, so that a start-up can report all of them at once. */
export class FaultCollector {
  readonly #faults: MonitorError[] = [];

  /** Run one step; keep its faults and return undefined if it fails. Errors that are not ours pass through. */
  attempt<T>(step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      this.#keep(error);
      return undefined;
    }
  }

  /** {@link attempt} for a step that takes time. */
  async attemptAsync<T>(step: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      this.#keep(error);
      return undefined;
    }
  }

  /** What has failed so far. */
  get faults(): readonly MonitorError[] {
    return this.#faults;
  }

  add(fault: MonitorError): void {
    this.#faults.push(...faultsOf(fault));
  }

  /** @throws the only fault, or a {@link FaultReport} of all; a fault that two steps met is told once */
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
