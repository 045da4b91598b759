import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { SoakChild } from "./child.js";

/** Situations that follow each other; the detector is killed at the end of each, and started again for the next. */
const SITUATIONS = [
  "loss=0.01 duplicate=0.005 incomplete=0.01 malformed=0.002 out-of-order=0.005",
  "acquisition=500 pause=0.3s first-number=1 missed-acquisition=0.1 ends-lost=0.3 ends-twice=0.3 ends-early=0.3",
  "module-dies=6s module-returns=11s loss=0.01 late=2ms",
  "restart=6s clock-drift=50ppm no-ticks=0.1",
  "first-late=1s clocks-apart=5s incomplete=0.05",
] as const;

/** Constants and configuration of its first start, for the monitor. */
export const SCENE = "detector-1";

/** A simulated detector that is killed and started again, each time with other faults, at the same ports. */
export class SoakDetector {
  readonly #folder: string;
  readonly #firstPort: number;
  readonly #rateHz: number;
  readonly #firstSeed: number;
  #child: SoakChild | undefined;
  #starts = 0;

  constructor(options: { folder: string; firstPort: number; rateHz: number; seed: number }) {
    this.#folder = options.folder;
    this.#firstPort = options.firstPort;
    this.#rateHz = options.rateHz;
    this.#firstSeed = options.seed;
  }

  /** How often it was started. */
  get starts(): number {
    return this.#starts;
  }

  /** What goes wrong now. */
  get faults(): string {
    return SITUATIONS[(this.#starts - 1) % SITUATIONS.length] ?? "";
  }

  get isRunning(): boolean {
    return this.#child?.isRunning === true;
  }

  get log(): string {
    return this.#child?.log ?? "";
  }

  /** Kill it, if it runs, and start it with the next situation. Its seed is also the run in its stamps. */
  async restart(): Promise<void> {
    await this.end();
    this.#starts += 1;
    const out = join(this.#folder, `detector-${this.#starts}`);
    mkdirSync(out, { recursive: true });
    this.#child = new SoakChild([
      ...["simulate", "--stamp", "--rate", String(this.#rateHz), "--out", out],
      ...["--ports", `${this.#firstPort},${this.#firstPort + 1}`],
      ...["--seed", String(this.#firstSeed + this.#starts - 1)],
      ...this.faults.split(" ").flatMap((fault) => ["--fault", fault]),
    ]);
    await this.#child.logged(/(Sending) frames/);
  }

  async end(): Promise<void> {
    if (this.isRunning) await this.#child?.end("SIGKILL");
  }
}
