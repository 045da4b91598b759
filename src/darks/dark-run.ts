import type { ConstantsStage } from "../constants/index.js";
import { BYTES_PER_WORD, type DetectorLayout, MODULE_COLUMNS } from "../detector.js";
import { headerEntry, type ModuleFrame } from "../stream/index.js";
import { type DarkMaps, darkMaps, markBadPixels, type PortSamples } from "./dark-maps.js";
import { frameStage, GAIN_CODES, type PedestalMode, pedestalMode } from "./frame-stage.js";
import { fastestDarks, type Readings } from "./kernel/index.js";
import { StageSamples } from "./stage-samples.js";

/** Why frames are not counted. */
export type Refusal = "skipped" | "incomplete" | "otherStage" | "mixed" | "exposureTime" | "notDark";

/** An acquisition that has reached this share has ended, even if its last frame is lost. */
const NEARLY_ALL = 0.95;

export interface DarkRunOptions {
  /**
   * Number of ports: 2, or 4 with two interfaces; undefined if frames arrive paired, so that one frame of each port
   * is enough.
   */
  readonly portCount: number | undefined;
  readonly layout: DetectorLayout;
  /** Requested stages. */
  readonly stages: readonly ConstantsStage[];
  /** Frames that make a stage complete. */
  readonly frames: number;
  /** Frames at the start of each stage that do not count; with `pedestalmode`, at the start of the run. */
  readonly skip: number;
  /** Share of a pixel's frames that may be in another stage. */
  readonly wrongLimit: number;
}

/** The progress of a stage. */
export interface StageProgress {
  readonly stage: ConstantsStage;
  /** Number of counted frames: the smallest of all ports. */
  readonly frames: number;
  /** Pixels without a sample. */
  readonly without: number;
}

/** The result of a dark run. */
export interface Darks {
  /** Stages that were seen, in the order of the maps in files. */
  readonly stages: readonly DarkMaps[];
  /** 0 for good pixels; else a bit per reason and stage, from `maskBit`; [rows, columns]. */
  readonly mask: Uint32Array;
  /** From the header, in its unit; undefined if missing. */
  readonly exposureTime: number | undefined;
  /** Module frames that were not counted, by reason. */
  readonly refused: Readonly<Record<Refusal, number>>;
}

interface Port {
  readonly start: number;
  readonly pixels: number;
  readonly stages: Map<ConstantsStage, StageSamples>;
  readonly skipped: Map<ConstantsStage, number>;
  /** Position of the newest frame, in a run of `pedestalmode`. */
  pedestal?: PedestalMode | undefined;
}

/** Makes pedestals from dark frames, separately for each port, so nothing has to be paired. */
export class DarkRun {
  readonly #options: DarkRunOptions;
  readonly #ports = new Map<number, Port>();
  readonly #refused = { skipped: 0, incomplete: 0, otherStage: 0, mixed: 0, exposureTime: 0 };
  #exposureTime: number | undefined;
  #hasEnded = false;
  readonly #kernel = fastestDarks();
  readonly #spare: Readings[] = [];
  /** Copy of the current frame's words. */
  #words = new Uint16Array(0);

  constructor(options: DarkRunOptions) {
    this.#options = options;
  }

  /** Add a frame. Its memory is freed at once. */
  accept(frame: ModuleFrame): void {
    const refusal = this.#take(frame);
    if (refusal !== undefined) this.#refused[refusal] += 1;
    frame.release?.();
  }

  /** Module frames that were not counted so far, by reason. */
  get refused(): Readonly<Record<Refusal, number>> {
    const samples = [...this.#ports.values()].flatMap(({ stages }) => [...stages.values()]);
    return { ...this.#refused, notDark: samples.reduce((sum, { notDark }) => sum + notDark, 0) };
  }

  /** A stream has sent an end message: only a hint, because it may come at any time. */
  end(): void {
    this.#hasEnded = true;
  }

  /** Whether every requested stage is complete, or a run of `pedestalmode` has ended. */
  get isComplete(): boolean {
    const ports = [...this.#ports.values()];
    if (ports.length < (this.#options.portCount ?? this.#options.layout.modules)) return false;
    const { stages, frames } = this.#options;
    const isFull = ports.every((port) =>
      stages.every((stage) => (port.stages.get(stage)?.counted ?? 0) >= frames),
    );
    return isFull || ports.every((port) => this.#hasEndedIts(port));
  }

  /** Progress of every requested stage, and of others that were seen. */
  progress(): StageProgress[] {
    return this.#stages([...this.#options.stages]).map((stage) => {
      const ports = this.#portsOf(stage);
      const without = ports.reduce((sum, { samples }) => sum + samples.pixelsWithout(), 0);
      const frames = Math.min(...ports.map(({ samples }) => samples.frames));
      const isSeen = ports.length >= (this.#options.portCount ?? this.#options.layout.modules);
      const unseen = this.#options.layout.pixels - ports.reduce((sum, { pixels }) => sum + pixels, 0);
      return { stage, frames: isSeen ? frames : 0, without: without + unseen };
    });
  }

  /** Count waiting frames, and make the maps. */
  result(): Darks {
    const { layout, wrongLimit } = this.#options;
    const mask = new Uint32Array(layout.pixels);
    for (const { stages } of this.#ports.values()) {
      for (const samples of stages.values()) samples.finish();
    }
    const stages = this.#stages([]).map((stage) => {
      const ports = this.#portsOf(stage);
      const maps = darkMaps(stage, ports, layout.pixels);
      markBadPixels(mask, maps, ports, layout.places, wrongLimit);
      return maps;
    });
    return { stages, mask, exposureTime: this.#exposureTime, refused: this.refused };
  }

  /** Requested and seen stages, in the order of the maps in files. */
  #stages(wanted: readonly ConstantsStage[]): ConstantsStage[] {
    const seen = [...this.#ports.values()].flatMap(({ stages }) => [...stages.keys()]);
    const all = Object.keys(GAIN_CODES) as ConstantsStage[];
    return all.filter((stage) => wanted.includes(stage) || seen.includes(stage));
  }

  #portsOf(stage: ConstantsStage): PortSamples[] {
    return [...this.#ports.values()].flatMap(({ start, pixels, stages }) => {
      const samples = stages.get(stage);
      return samples === undefined ? [] : [{ start, pixels, samples }];
    });
  }

  #port({ portIndex, rows }: ModuleFrame): Port {
    const known = this.#ports.get(portIndex);
    if (known !== undefined) return known;
    const pixels = rows * MODULE_COLUMNS;
    const port: Port = { start: portIndex * pixels, pixels, stages: new Map(), skipped: new Map() };
    this.#ports.set(portIndex, port);
    return port;
  }

  #samplesOf({ stages, pixels }: Port, stage: ConstantsStage): StageSamples {
    const known = stages.get(stage);
    if (known !== undefined) return known;
    const samples = new StageSamples(GAIN_CODES[stage], pixels, this.#kernel, this.#spare);
    stages.set(stage, samples);
    return samples;
  }

  #isSkipped({ skipped, pedestal }: Port, stage: ConstantsStage): boolean {
    const { skip } = this.#options;
    if (pedestal !== undefined) return pedestal.frameIndex < skip;
    const count = skipped.get(stage) ?? 0;
    if (count >= skip) return false;
    skipped.set(stage, count + 1);
    return true;
  }

  #hasEndedIts({ pedestal, stages }: Port): boolean {
    if (pedestal === undefined || !this.#options.stages.every((stage) => stages.has(stage))) return false;
    const last = 2 * pedestal.frames * pedestal.loops - 1;
    return pedestal.frameIndex >= last || (this.#hasEnded && pedestal.frameIndex >= NEARLY_ALL * last);
  }

  /** @returns the reason why a frame does not count */
  #take(frame: ModuleFrame): Exclude<Refusal, "notDark"> | undefined {
    if (!frame.complete || frame.missing) return "incomplete";
    const exposureTime = headerEntry(frame, "expLength");
    if (typeof exposureTime === "number") {
      this.#exposureTime ??= exposureTime;
      if (exposureTime !== this.#exposureTime) return "exposureTime";
    }
    const words = this.#wordsOf(frame);
    const found = frameStage(frame, words);
    if ("refused" in found) return found.refused;
    const port = this.#port(frame);
    port.pedestal = pedestalMode(frame);
    if (this.#isSkipped(port, found.stage)) return "skipped";
    const samples = this.#samplesOf(port, found.stage);
    samples.add(words);
    const { frames } = this.#options;
    // The last frames need not wait for more.
    if (samples.counted < frames && samples.frames >= frames) samples.finish();
    return undefined;
  }

  /** A frame's words; a copy, until the next frame, if they start at an odd address. */
  #wordsOf({ raw }: ModuleFrame): Uint16Array {
    if (raw.byteOffset % BYTES_PER_WORD === 0) {
      return new Uint16Array(raw.buffer, raw.byteOffset, raw.length / BYTES_PER_WORD);
    }
    if (this.#words.byteLength !== raw.length) this.#words = new Uint16Array(raw.length / BYTES_PER_WORD);
    new Uint8Array(this.#words.buffer).set(raw);
    return this.#words;
  }
}
