import { CHIP_GAP, type DetectorLayout, MISSING_WORD, MODULE_ROWS } from "../../detector.js";
import type { ReadSums } from "../../sums/index.js";
import type { AdcHistograms, ImageHeader, ImageName, ViewImage } from "../protocol.js";
import { PIXEL_STATUS } from "../protocol.js";
import type { Snapshot, SnapshotHeader } from "../snapshot.js";
import type { GivenSums } from "../thread-messages.js";
import { Accumulation } from "./accumulation.js";
import { adcHistograms } from "./adc-histograms.js";

/** Sum and maximum are recomputed at most this often: it takes some milliseconds, and nobody reads faster. */
const ACCUMULATED_INTERVAL_MS = 200;

/** The images that pages can request, made from the monitor's frames. */
export class Images {
  readonly #accumulation = new Accumulation();
  readonly #layout: DetectorLayout;
  readonly #nowMs: () => number;
  #newest: Snapshot | undefined;
  #sequence = 0;
  /** The last computed sum and maximum. */
  #accumulated: Readonly<Record<"sum" | "maximum", ViewImage>> | undefined;
  #accumulatedAtMs = Number.NEGATIVE_INFINITY;
  readonly #hasGivenSums: boolean;
  #givenFrames = 0;
  #histograms: { readonly of: Snapshot; readonly histograms: AdcHistograms } | undefined;

  /**
   * @param nowMs         a monotonic clock
   * @param hasGivenSums  sum and maximum come through {@link giveSums}
   */
  constructor(layout: DetectorLayout, nowMs: () => number, hasGivenSums = false) {
    this.#hasGivenSums = hasGivenSums;
    this.#layout = layout;
    this.#nowMs = nowMs;
  }

  /** Take ownership of a frame; the previous one is no longer used. */
  add(snapshot: Snapshot): void {
    const { header, status, raw } = snapshot;
    this.#sequence += 1;
    this.#newest = snapshot;
    if (this.#hasGivenSums) return;
    if (header.dtype !== "uint16") this.#accumulation.add(snapshot);
    else if (header.incomplete && raw !== undefined) markMissing(raw, status);
  }

  /** Show a sum and maximum from elsewhere. They are not shown before the first frame. */
  giveSums({ frames, sum, maximum, status }: GivenSums): void {
    if (this.#newest === undefined || this.#newest.data.length !== sum.length) return;
    this.#sequence += 1;
    this.#givenFrames = frames;
    this.#accumulated = this.#sumImages(frames, { sum, maximum, status });
  }

  /** The newest image of a name; undefined before the first frame. Frames are views of the newest snapshot. */
  get(name: ImageName): ViewImage | undefined {
    if (this.#newest === undefined) return undefined;
    const { header, data, raw, status } = this.#newest;
    if (name === "sum" || name === "maximum") return this.#accumulatedImages()?.[name];
    if (name === "raw") return raw && { header: this.#header("raw", "uint16", "raw"), data: raw, status };
    if (header.dtype === "uint16") return undefined;
    return { header: this.#header("calibrated", header.dtype, header.unit), data, status };
  }

  /** Of the newest frame; 0 before the first. */
  get sequence(): number {
    return this.#sequence;
  }

  get accumulation(): { readonly frames: number; readonly window: number | null } {
    if (this.#hasGivenSums) return { frames: this.#givenFrames, window: null };
    return { frames: this.#accumulation.frames, window: this.#accumulation.window ?? null };
  }

  /** Restart sum and maximum. */
  reset(): void {
    this.#accumulation.reset();
    this.#accumulatedAtMs = Number.NEGATIVE_INFINITY;
  }

  /** @param frames  null for all until the next reset */
  setWindow(frames: number | null): void {
    this.#accumulation.setWindow(frames ?? undefined);
    this.#accumulatedAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Of the newest raw frame; null if there is none. */
  get adcHistograms(): AdcHistograms | null {
    const newest = this.#newest;
    if (newest?.raw === undefined) return null;
    if (this.#histograms?.of !== newest) {
      this.#histograms = { of: newest, histograms: adcHistograms(newest.raw) };
    }
    return this.#histograms.histograms;
  }

  #accumulatedImages(): Readonly<Record<"sum" | "maximum", ViewImage>> | undefined {
    const now = this.#nowMs();
    if (this.#hasGivenSums) return this.#accumulated;
    if (now - this.#accumulatedAtMs < ACCUMULATED_INTERVAL_MS) return this.#accumulated;
    const accumulated = this.#accumulation.read();
    this.#accumulatedAtMs = now;
    if (accumulated === undefined) {
      this.#accumulated = undefined;
      return undefined;
    }
    this.#accumulated = this.#sumImages(this.#accumulation.frames, accumulated);
    return this.#accumulated;
  }

  #sumImages(
    frames: number,
    { status, ...images }: ReadSums,
  ): Readonly<Record<"sum" | "maximum", ViewImage>> {
    const unit = this.#newest?.header.unit ?? "";
    const image = (name: "sum" | "maximum"): ViewImage => ({
      header: { ...this.#header(name, "float32", unit), frames, incomplete: false },
      data: images[name],
      status,
    });
    return { sum: image("sum"), maximum: image("maximum") };
  }

  #header(image: ImageName, dtype: ImageHeader["dtype"], unit: string): ImageHeader {
    const { eventId, timestampSeconds, shape, incomplete, wrongConstants } = (this.#newest as Snapshot)
      .header;
    return {
      image,
      sequence: this.#sequence,
      eventId,
      timestampSeconds,
      dtype,
      shape,
      binning: 1,
      unit,
      incomplete,
      wrongConstants,
      frames: 1,
      moduleBorders: moduleBorders(shape, this.#layout),
    };
  }
}

/** Position of the gaps between modules; the number of columns shows whether modules include chip gaps. */
function moduleBorders(
  [rows, columns]: SnapshotHeader["shape"],
  layout: DetectorLayout,
): ImageHeader["moduleBorders"] {
  const moduleRows = MODULE_ROWS + (columns > layout.columns ? CHIP_GAP : 0);
  const gapRows = (rows - layout.modules * moduleRows) / (layout.modules - 1);
  return layout.places.slice(1).map(({ moduleIndex }) => {
    const to = moduleIndex * (moduleRows + gapRows);
    return { from: to - gapRows, to };
  });
}

/** Raw frames have no status for words that the receiver filled in. */
function markMissing(words: Uint16Array, status: Uint8Array): void {
  for (let pixel = 0; pixel < words.length; pixel++) {
    if (words[pixel] === MISSING_WORD && status[pixel] === PIXEL_STATUS.good)
      status[pixel] = PIXEL_STATUS.missing;
  }
}
