import type { Logger } from "../../api/index.js";
import type { ConstantsStage } from "../../constants/index.js";
import type { DarkRun } from "../../darks/index.js";
import type { Output } from "../../outputs/index.js";
import { closeLine, openLine } from "../terminal/terminal-line.js";

const TERMINAL_INTERVAL_MS = 1000;
/** Interval of lines without a terminal, where they are not overwritten. */
const LINE_INTERVAL_MS = 5000;
/** Number of rejected frames of one kind that causes a warning. */
const MANY_REFUSED = 100;

/** How to set the detector for a stage, in the words of its software. */
const SETTINGS: Readonly<Record<ConstantsStage, string>> = {
  g0: "gainmode dynamic",
  g1: "gainmode forceswitchg1",
  g2: "gainmode forceswitchg2",
  hg0: "gainmode dynamic, with highgain",
};

/** Why frames are rejected, for messages. */
const REASONS: Readonly<Record<string, string>> = {
  skipped: "skipped at the start",
  incomplete: "lost packets",
  otherStage: "in another stage than their header gives",
  mixed: "of no single stage",
  exposureTime: "of another exposure time",
  notDark: "not dark: too many pixels out",
};

/** What the operator can do, by reason. */
const ADVICE: Readonly<Record<string, string>> = {
  notDark: "Is the shutter closed?",
  exposureTime: "Take all stages with one exposure time.",
  mixed: "Set the detector to one stage at a time, or to pedestalmode.",
  otherStage: "Do the pixels switch?",
};

/** Shows the progress of a dark run, and what the operator must do next. */
export class DarkProgress {
  readonly #run: DarkRun;
  readonly #frames: number;
  readonly #logger: Logger;
  readonly #output: Output | undefined;
  /** Then there is no operator at the detector. */
  readonly #isRecorded: boolean;
  readonly #timer: NodeJS.Timeout;
  readonly #told = new Set<string>();

  /** @param output  gets the lines; undefined for none */
  constructor(
    run: DarkRun,
    { frames, logger, isRecorded = false }: { frames: number; logger: Logger; isRecorded?: boolean },
    output: Output | undefined,
  ) {
    this.#run = run;
    this.#frames = frames;
    this.#logger = logger;
    this.#output = output;
    this.#isRecorded = isRecorded;
    this.#timer = setInterval(
      () => this.#tick(),
      process.stdout.isTTY ? TERMINAL_INTERVAL_MS : LINE_INTERVAL_MS,
    );
  }

  end(): void {
    clearInterval(this.#timer);
    this.#tick();
    if (process.stdout.isTTY) void this.#output?.write(closeLine());
  }

  /** Number of frames that are not counted, by reason. */
  refusals(): string {
    return Object.entries(this.#run.refused)
      .filter(([, count]) => count > 0)
      .map(([reason, count]) => `${count} ${REASONS[reason]}`)
      .join(", ");
  }

  #tick(): void {
    const stages = this.#run.progress();
    const parts = stages.map(({ stage, frames, without }) => {
      const of = `${stage.toUpperCase()} ${Math.min(frames, this.#frames)} of ${this.#frames}`;
      return frames === 0 ? of : `${of}, ${without} pixels without`;
    });
    const refusals = this.refusals();
    const line = `${parts.join("; ")}${refusals === "" ? "" : ` | module frames ${refusals}`}`;
    void this.#output?.write(process.stdout.isTTY ? openLine(line) : `${line}\n`);
    if (!this.#isRecorded) this.#tellWhatNext(stages);
    this.#warnOfRefused();
  }

  #tellWhatNext(stages: ReturnType<DarkRun["progress"]>): void {
    const next = stages.find(({ frames }) => frames < this.#frames);
    const done = stages
      .filter(({ frames }) => frames >= this.#frames)
      .map(({ stage }) => stage.toUpperCase());
    if (next === undefined || next.frames > 0) return;
    const text = `${done.length === 0 ? "" : `${done.join(", ")} complete. `}Set the detector to ${SETTINGS[next.stage]}, and take ${this.#frames} frames.`;
    this.#tellOnce(`next ${next.stage}`, () => this.#logger.info(text));
  }

  #warnOfRefused(): void {
    for (const [reason, count] of Object.entries(this.#run.refused)) {
      const advice = ADVICE[reason];
      if (advice === undefined || count < MANY_REFUSED) continue;
      this.#tellOnce(reason, () =>
        this.#logger.warn(`${count} module frames are ${REASONS[reason]}. ${advice}`),
      );
    }
  }

  #tellOnce(what: string, tell: () => void): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    tell();
  }
}
