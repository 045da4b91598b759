import { BYTES_PER_WORD, type DetectorLayout } from "../../detector.js";
import { type WasmMemory, WasmModule } from "../../web-assembly/index.js";
import { type GainStageCounts, pixelThreshold } from "../pixel-counts.js";
import { type RegionStatistics, regionStatistics } from "../pixel-region.js";
import { type PixelStatistics, pixelStatistics } from "../pixel-statistics.js";
import type { PixelRegion } from "../pixel-totals.js";
import type { RingMap, RingTotals } from "../ring-map.js";
import type { ConstantsPlanes, Kernel, TrackingPlanes } from "./kernel.js";
import { KERNEL_MODULE_BASE64 } from "./kernel-module.js";

interface WasmGlobal {
  readonly value: number;
}

/** What assembly/kernel.ts exports: places in its memory, and functions. */
interface KernelExports {
  readonly memory: WasmMemory;
  readonly RAW: WasmGlobal;
  readonly VALUES: WasmGlobal;
  readonly STATUS: WasmGlobal;
  readonly BASE_STATUS: WasmGlobal;
  readonly BASE_STATUS_STRIDE: WasmGlobal;
  readonly PEDESTALS: WasmGlobal;
  readonly PEDESTALS_STRIDE: WasmGlobal;
  readonly RECIPROCALS: WasmGlobal;
  readonly RECIPROCALS_STRIDE: WasmGlobal;
  readonly COUNTS: WasmGlobal;
  readonly MEASURED: WasmGlobal;
  readonly FILE_PEDESTALS: WasmGlobal;
  readonly WINDOWS: WasmGlobal;
  readonly TRACKING_STRIDE: WasmGlobal;
  readonly RING_CLASSES: WasmGlobal;
  readonly RING_SUMS: WasmGlobal;
  readonly RING_BAD_PIXELS: WasmGlobal;
  calibrate(firstRow: number, rows: number, highGain: number, fill: number): void;
  calibrateAndCount(
    firstRow: number,
    rows: number,
    highGain: number,
    fill: number,
    threshold: number,
  ): number;
  track(firstRow: number, rows: number, highGain: number, gain: number, limit: number): void;
  learn(firstRow: number, rows: number, highGain: number, step: number): void;
  forgetStatus(firstRow: number, rows: number): void;
  round(fill: number): void;
  measureFloats(fromRow: number, toRow: number, fromColumn: number, toColumn: number): void;
  measureIntegers(fromRow: number, toRow: number, fromColumn: number, toColumn: number): void;
  measureWords(): void;
  countFloatsAbove(threshold: number): number;
  countIntegersAbove(threshold: number): number;
  countGainStages(margin: number): void;
  addFloatRings(classes: number): void;
  addIntegerRings(classes: number): void;
}

/** Bytes of the four sums of a class of pixels. */
const CLASS_BYTES = 16;

const MODULE = new WasmModule<KernelExports>(KERNEL_MODULE_BASE64);

/** The kernel in WebAssembly, 16 pixels a step. Its memory, 66 MB, goes when nobody holds the kernel any more. */
export class SimdKernel implements Kernel {
  readonly path = "simd";
  readonly layout: DetectorLayout;
  readonly raw: Uint8Array;
  readonly values: Float32Array;
  readonly roundedValues: Int32Array;
  readonly status: Uint8Array;
  readonly pedestals: ConstantsPlanes;
  readonly reciprocals: ConstantsPlanes;
  readonly filePedestals: TrackingPlanes;
  readonly windows: TrackingPlanes;
  readonly baseStatus: readonly [Uint8Array, Uint8Array];
  readonly counts: Int32Array;
  readonly #exports: KernelExports;
  /** Minimum, maximum, sum and count; or what is counted of each gain stage. */
  readonly #measured: Float64Array;
  /** Whose classes are in the memory. */
  #ringMap: RingMap | undefined;

  /**
   * @param layout  of the size that assembly/layout.ts has memory for
   * @throws as {@link WasmModule.instantiate}
   */
  constructor(layout: DetectorLayout) {
    const exports = MODULE.instantiate();
    const { buffer } = exports.memory;
    const { pixels } = layout;
    const bytes = (at: number) => new Uint8Array(buffer, at, pixels);
    const plane = ({ value: start }: WasmGlobal, { value: stride }: WasmGlobal, index: number) =>
      new Float32Array(buffer, start + index * stride, pixels);
    const planes = (start: WasmGlobal, stride: WasmGlobal): ConstantsPlanes => [
      plane(start, stride, 0),
      plane(start, stride, 1),
      plane(start, stride, 2),
      plane(start, stride, 3),
    ];
    const trackingPlanes = (start: WasmGlobal): TrackingPlanes => [
      plane(start, exports.TRACKING_STRIDE, 0),
      plane(start, exports.TRACKING_STRIDE, 1),
    ];
    this.#exports = exports;
    this.layout = layout;
    this.raw = new Uint8Array(buffer, exports.RAW.value, pixels * BYTES_PER_WORD);
    this.values = new Float32Array(buffer, exports.VALUES.value, pixels);
    this.roundedValues = new Int32Array(buffer, exports.VALUES.value, pixels);
    this.status = bytes(exports.STATUS.value);
    this.baseStatus = [
      bytes(exports.BASE_STATUS.value),
      bytes(exports.BASE_STATUS.value + exports.BASE_STATUS_STRIDE.value),
    ];
    this.pedestals = planes(exports.PEDESTALS, exports.PEDESTALS_STRIDE);
    this.reciprocals = planes(exports.RECIPROCALS, exports.RECIPROCALS_STRIDE);
    this.filePedestals = trackingPlanes(exports.FILE_PEDESTALS);
    this.windows = trackingPlanes(exports.WINDOWS);
    this.counts = new Int32Array(buffer, exports.COUNTS.value, 6);
    this.#measured = new Float64Array(buffer, exports.MEASURED.value, 4);
  }

  calibrate(firstRow: number, rows: number, highGain: boolean, fill: number, threshold?: number): number {
    const setting = highGain ? 1 : 0;
    if (threshold !== undefined)
      return this.#exports.calibrateAndCount(firstRow, rows, setting, fill, threshold);
    this.#exports.calibrate(firstRow, rows, setting, fill);
    return 0;
  }

  track(firstRow: number, rows: number, highGain: boolean, gain: number, limit: number): void {
    this.#exports.track(firstRow, rows, highGain ? 1 : 0, gain, limit);
  }

  learn(firstRow: number, rows: number, highGain: boolean, step: number): void {
    this.#exports.learn(firstRow, rows, highGain ? 1 : 0, step);
  }

  forgetStatus(firstRow: number, rows: number): void {
    this.#exports.forgetStatus(firstRow, rows);
  }

  round(fill: number): void {
    this.#exports.round(fill);
  }

  measure(rounded: boolean): PixelStatistics {
    const { rows, columns } = this.layout;
    this.#measure({ rows: [0, rows], columns: [0, columns] }, rounded);
    return this.#statistics();
  }

  measureWords(): PixelStatistics {
    this.#exports.measureWords();
    return this.#statistics();
  }

  countAbove(threshold: number, rounded: boolean): number {
    const limit = pixelThreshold(threshold, rounded);
    return rounded ? this.#exports.countIntegersAbove(limit) : this.#exports.countFloatsAbove(limit);
  }

  measureRegion(region: PixelRegion, rounded: boolean): RegionStatistics {
    this.#measure(region, rounded);
    const [, max, sum, count] = this.#measured as unknown as [number, number, number, number];
    return regionStatistics(sum, max, count);
  }

  measureRings(map: RingMap, rounded: boolean): RingTotals {
    const { memory, RING_CLASSES, RING_SUMS, RING_BAD_PIXELS } = this.#exports;
    if (this.#ringMap !== map) {
      const classes = new Uint32Array(memory.buffer, RING_CLASSES.value, map.classOf.length);
      for (const [group, one] of map.classOf.entries()) classes[group] = CLASS_BYTES * one;
      this.#ringMap = map;
    }
    if (rounded) this.#exports.addIntegerRings(map.classes);
    else this.#exports.addFloatRings(map.classes);
    const places = 4 * map.classes;
    return map.totals(
      new Float32Array(memory.buffer, RING_SUMS.value, places),
      new Uint8Array(memory.buffer, RING_BAD_PIXELS.value, places),
    );
  }

  countGainStages(marginAdu: number): GainStageCounts {
    this.#exports.countGainStages(marginAdu);
    const [g1, g2, saturated, nearLimit] = this.#measured as unknown as [number, number, number, number];
    return { g1, g2, saturated, nearLimit };
  }

  #measure({ rows, columns }: PixelRegion, rounded: boolean): void {
    if (rounded) this.#exports.measureIntegers(...rows, ...columns);
    else this.#exports.measureFloats(...rows, ...columns);
  }

  #statistics(): PixelStatistics {
    const [min, max, sum, count] = this.#measured as unknown as [number, number, number, number];
    return pixelStatistics(min, max, sum, count);
  }
}
