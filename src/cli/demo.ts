import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Logger } from "../api/index.js";
import { JUNGFRAU_1M } from "../detector.js";
import { messageOf, SimulatorError } from "../errors.js";
import { isArray2D, type MonitoredEvent } from "../host/index.js";
import type { Spot } from "../simulator/index.js";
import { EXIT } from "./exit-codes.js";
import { runMonitor } from "./monitor.js";
import type { SimulatorReady } from "./monitor-command.js";
import { StartUpError } from "./start-up-error.js";

export interface DemoOptions {
  readonly rateHz: number;
  /** Undefined: {@link ENOUGH_FRAMES}, or longer as long as somebody watches, on a terminal or in the live view. */
  readonly frames: number | undefined;
  /** Address of the live view; true for the default, undefined for none. */
  readonly view: string | true | undefined;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Enough frames to see every gain stage. */
const ENOUGH_FRAMES = 100;

/**
 * Run a simulated detector in its own process with a monitor, and check that the photons are where the scene has
 * them.
 *
 * @returns exit code: failed if a spot was not found
 */
export async function runDemo({ rateHz, frames, view, logger, signal }: DemoOptions): Promise<number> {
  const folder = await StartUpError.around(temporaryFolder);
  const main = fileURLToPath(new URL("main.js", import.meta.url));
  const simulator = spawn(
    process.execPath,
    [
      main,
      "simulate",
      "--json",
      "--wait",
      "--ports",
      JUNGFRAU_1M.places.map(() => 0).join(),
      "--rate",
      String(rateHz),
      "--out",
      folder,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  // Also when a second Ctrl-C ends the process. The simulator is ended first, because it would write to the folder
  // again.
  process.once("exit", () => {
    simulator.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  logger.debug(`The simulated detector is process ${simulator.pid}`);
  const died = new AbortController();
  simulator.once("exit", () => died.abort());
  try {
    const ready = await readyLine(simulator);
    if (ready !== undefined) {
      const { source, configuration } = ready;
      const check = new SpotCheck(
        JSON.parse(await readFile(join(dirname(configuration), "spots.json"), "utf8")),
      );
      const enough = new AbortController();
      let delivered = 0;
      await runMonitor({
        configuration,
        source,
        frames: frames ?? Number.POSITIVE_INFINITY,
        json: false,
        view,
        logger,
        signal: AbortSignal.any([signal, died.signal, enough.signal]),
        onEvent: (event, pages) => {
          check.look(event);
          delivered += 1;
          const isWatched = pages > 0 || process.stdout.isTTY;
          if (frames === undefined && delivered >= ENOUGH_FRAMES && !isWatched) enough.abort();
        },
      });
      if (check.hasSeenAny) process.stdout.write(`${check.report()}\n`);
      if (!check.foundAll) return EXIT.failed;
      if (check.hasSeenEveryStage && !died.signal.aborted) return EXIT.ok;
    }
    if (signal.aborted) return EXIT.ok;
    throw new SimulatorError(
      "SIMULATOR_FAILED",
      "The simulated detector ended. Run `om-jungfrau simulate` alone to see why.",
    );
  } finally {
    await ended(simulator);
  }
}

async function temporaryFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), "om-jungfrau-demo-"));
  } catch (error) {
    throw new SimulatorError(
      "SIMULATOR_CANNOT_WRITE",
      `Cannot make a temporary folder: ${messageOf(error)}. Set TMPDIR to a folder that may be written.`,
      { cause: error },
    );
  }
}

/** The simulator's output when it is ready; undefined if it ends before. */
async function readyLine(simulator: ChildProcess): Promise<SimulatorReady | undefined> {
  if (simulator.stdout !== null) {
    for await (const line of createInterface({ input: simulator.stdout })) return JSON.parse(line);
  }
  return undefined;
}

async function ended(simulator: ChildProcess): Promise<void> {
  if (simulator.exitCode !== null || simulator.signalCode !== null) return;
  const exit = new Promise((resolve) => simulator.once("exit", resolve));
  simulator.kill();
  await exit;
}

/** Tolerance of a spot's value, in photons: rounding and noise of a few ADU, which matter more in G2. */
const TOLERANCE_PHOTONS = [0.5, 0.75, 6] as const;

/** Compares the brightest pixel of every spot with the scene. */
class SpotCheck {
  readonly #images: readonly (readonly Spot[])[];
  readonly #seen = [0, 0, 0];
  readonly #found = [0, 0, 0];
  #example = "";

  constructor(images: readonly (readonly Spot[])[]) {
    this.#images = images;
  }

  get hasSeenAny(): boolean {
    return this.#seen.some((count) => count > 0);
  }

  get hasSeenEveryStage(): boolean {
    return this.#seen.every((count) => count > 0);
  }

  get foundAll(): boolean {
    return this.#seen.every((count, stage) => this.#found[stage] === count);
  }

  look({ event, data }: MonitoredEvent): void {
    const frame = Object.values(data).find(isArray2D);
    if (frame === undefined) return;
    const image = Number((event.frameNumber - 1n) % BigInt(this.#images.length));
    for (const { row, column, photons, stage } of this.#images[image] ?? []) {
      const value = frame.data[row * frame.shape[1] + column] as number;
      this.#seen[stage] = (this.#seen[stage] ?? 0) + 1;
      if (Math.abs(value - photons) > TOLERANCE_PHOTONS[stage]) continue;
      this.#found[stage] = (this.#found[stage] ?? 0) + 1;
      this.#example = `row ${row}, column ${column}: ${photons} photons put there, ${value.toFixed(1)} measured in G${stage}`;
    }
  }

  report(): string {
    const perStage = this.#seen.map((count, stage) => `G${stage} ${this.#found[stage]} of ${count}`);
    return `Bragg spots found where the scene put them: ${perStage.join(", ")}. The last one, ${this.#example}.`;
  }
}
