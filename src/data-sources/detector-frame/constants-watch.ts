import type { Clock, Logger } from "../../api/index.js";
import type { Calibrator } from "../../calibration/index.js";
import type { JungfrauEvent } from "../../events/index.js";
import { headerEntry } from "../../stream/index.js";
import type { RecordedFile } from "./file-notes.js";

/** Frames between two checks, which cost time: the drift of all pixels is measured. */
const FRAMES_BETWEEN_LOOKS = 200;
/** Age above which darks are too old; pedestals drift by some ADU per hour. */
const FRESH_HOURS = 2;
/**
 * Shares of the limit of tracking: a module's mean drift above the first is worth a warning, which ends below
 * the second.
 */
const NOTEWORTHY_SHARE = 0.5;
const QUIET_SHARE = 0.4;
const MICROSECONDS_PER_TICK = 0.1;

export interface ConstantsWatchOptions {
  readonly calibrator: Calibrator;
  readonly records: readonly RecordedFile[];
  /** Maximum change of pedestals that follow the frames, in ADU; undefined if they do not follow them. */
  readonly trackingLimitAdu: number | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Checks whether the constants still fit the frames: the age of the darks, the exposure times of darks and
 * frames, and the drift of the pedestals. Each warning is logged once.
 */
export class ConstantsWatch {
  readonly #options: ConstantsWatchOptions;
  readonly #logged = new Set<string>();
  /** By their subject. */
  readonly #warnings = new Map<string, string>();
  #frames = 0;
  #drift: ReturnType<Calibrator["drift"]>;

  /** Checks the age of the darks at once. */
  constructor(options: ConstantsWatchOptions) {
    this.#options = options;
    this.#drift = options.calibrator.drift();
    this.#lookAtAge();
  }

  /** To be called for each event whose frame was made. */
  see(event: JungfrauEvent): void {
    this.#frames += 1;
    if (this.#frames % FRAMES_BETWEEN_LOOKS !== 1) return;
    this.#lookAtAge();
    this.#lookAtExposure(event);
    this.#measureDrift();
  }

  /** Current warnings, one sentence each. */
  get warnings(): readonly string[] {
    return [...this.#warnings.values()];
  }

  /** Drift in ADU by module; empty if pedestals do not follow the frames. */
  counters(): Record<string, number> {
    return Object.fromEntries(
      (this.#drift ?? []).flatMap(({ meanAdu, worstAdu }, moduleIndex) => [
        [`m${moduleIndex}_pedestal_drift_adu`, meanAdu],
        [`m${moduleIndex}_worst_pedestal_drift_adu`, worstAdu],
      ]),
    );
  }

  /** Measure the drift now, because it may have changed suddenly. */
  measure(): void {
    this.#measureDrift();
  }

  #lookAtAge(): void {
    const { records, clock } = this.#options;
    const oldest = records.toSorted((one, other) => one.recordedSeconds - other.recordedSeconds)[0];
    if (oldest === undefined) return;
    const hours = (clock.nowSeconds() - oldest.recordedSeconds) / 3600;
    if (hours <= FRESH_HOURS) return;
    this.#warn(
      "age",
      `${oldest.file.where} was recorded at ${utcText(oldest.recordedSeconds)}, more than ${FRESH_HOURS} hours ago, and pedestals ` +
        "drift. Record new darks with om-jungfrau dark.",
    );
  }

  #lookAtExposure({ frames }: JungfrauEvent): void {
    const [ticks] = frames
      .map((frame) => headerEntry(frame, "expLength"))
      .filter((value) => typeof value === "number" && value > 0) as number[];
    const other = this.#options.records.find(
      ({ exposureTicks }) => exposureTicks !== undefined && exposureTicks !== ticks,
    );
    this.#warnings.delete("exposure");
    if (ticks === undefined || other === undefined) return;
    this.#warn(
      "exposure",
      `Frames are exposed for ${timeText(ticks)}, the darks of ${other.file.where} were for ` +
        `${timeText(other.exposureTicks as number)}: their pedestals do not fit. Take darks with the exposure time of the frames.`,
    );
  }

  #measureDrift(): void {
    const { calibrator, trackingLimitAdu: limitAdu } = this.#options;
    if (limitAdu === undefined) return;
    this.#drift = calibrator.drift();
    for (const [moduleIndex, { meanAdu, worstAdu }] of (this.#drift ?? []).entries()) {
      const about = `drift ${moduleIndex}`;
      const share = Math.abs(meanAdu) / limitAdu;
      if (share < QUIET_SHARE) this.#warnings.delete(about);
      if (share < NOTEWORTHY_SHARE || this.#warnings.has(about)) continue;
      this.#warn(
        about,
        `Module ${moduleIndex}: pedestals have drifted by ${meanAdu.toFixed(1)} ADU on average, and by up to ` +
          `${worstAdu.toFixed(1)} ADU. They follow up to ${limitAdu} ADU: take new darks.`,
      );
    }
  }

  #warn(about: string, text: string): void {
    this.#warnings.set(about, text);
    if (this.#logged.has(text)) return;
    this.#logged.add(text);
    this.#options.logger.warn(text);
  }
}

/** `2026-03-29T01:00:00Z` */
function utcText(seconds: number): string {
  return new Date(1000 * seconds).toISOString().replace(/\.\d+Z$/, "Z");
}

/** @param ticks  of 100 ns */
function timeText(ticks: number): string {
  return `${Number((MICROSECONDS_PER_TICK * ticks).toPrecision(6))} µs`;
}
