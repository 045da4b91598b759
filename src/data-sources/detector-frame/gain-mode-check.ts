import type { Logger } from "../../api/index.js";
import type { Calibrator } from "../../calibration/index.js";
import type { DetectorLayout } from "../../detector.js";
import type { JungfrauEvent } from "../../events/index.js";

type GainMode = JungfrauEvent["frames"][number]["gainMode"];

/** The gain setting of each module; a module with two ports has one setting. */
export function moduleGainModes({ frames }: JungfrauEvent, { modules }: DetectorLayout): readonly GainMode[] {
  const portsPerModule = frames.length / modules;
  return frames.filter((_, port) => port % portsPerModule === 0).map(({ gainMode }) => gainMode);
}

/** Per module, whether the frames of all its ports arrived. */
export function modulesThatCame({ frames }: JungfrauEvent, { modules }: DetectorLayout): readonly boolean[] {
  const portsPerModule = frames.length / modules;
  const ports = (moduleIndex: number) =>
    frames.slice(moduleIndex * portsPerModule, (moduleIndex + 1) * portsPerModule);
  return Array.from({ length: modules }, (_, moduleIndex) =>
    ports(moduleIndex).every(({ missing }) => !missing),
  );
}

/** Detects gain settings that the constants do not fit. Counts affected frames, and logs each kind once. */
export class GainModeCheck {
  readonly #calibrator: Calibrator;
  readonly #logger: Logger;
  readonly #logged = new Set<string>();
  /** Number of frames calibrated with constants that do not fit. */
  wrongConstants: number;

  /** @param wrongConstants  number of frames counted so far */
  constructor(calibrator: Calibrator, logger: Logger, wrongConstants = 0) {
    this.wrongConstants = wrongConstants;
    this.#calibrator = calibrator;
    this.#logger = logger;
  }

  /** @param modes  by module. @returns by module, whether the constants do not fit */
  wrongModules(modes: readonly GainMode[]): readonly boolean[] {
    const problems = modes.map((mode, moduleIndex) => this.#problem(mode, moduleIndex));
    for (const problem of problems) {
      if (problem === undefined || this.#logged.has(problem)) continue;
      this.#logged.add(problem);
      this.#logger.warn(problem);
    }
    const wrong = problems.map((problem) => problem !== undefined);
    if (wrong.includes(true)) this.wrongConstants += 1;
    return wrong;
  }

  #problem({ highGain, fixedStage, forcedStage }: GainMode, moduleIndex: number): string | undefined {
    const module = `Module ${moduleIndex}`;
    if (highGain && !this.#calibrator.hasConstants(moduleIndex, "hg0")) {
      return (
        `${module} is in high gain, for which there are no constants: it is calibrated with those of G0, and its values are ` +
        "wrong. Name dark and gain files with a fourth map (HG0), or set the detector to normal gain."
      );
    }
    if (fixedStage !== undefined) {
      return (
        `${module} is fixed in G${fixedStage}: it is calibrated with constants for gain switching, whose pedestals differ. ` +
        "Set the detector to dynamic gain, or name darks that were recorded in this setting."
      );
    }
    if (forcedStage !== undefined && !this.#calibrator.hasConstants(moduleIndex, `g${forcedStage}`)) {
      return (
        `${module} is forced to G${forcedStage}, for which its files have no constants: all its pixels are bad. Name darks ` +
        "that were recorded in all gain stages."
      );
    }
    return undefined;
  }
}
