import {
  type CalibratedCounts,
  type CalibratedUnit,
  type Calibrator,
  PIXEL_STATUS,
  type PixelRegion,
  type RegionStatistics,
  RingMap,
  type RingTotals,
} from "../../calibration/index.js";
import type { JungfrauEvent } from "../../events/index.js";
import type { CalibratedFrame, RoundedFrame } from "./frame.js";
import type { FrameGeometry } from "./frame-geometry.js";
import type { FrameMaker } from "./frame-maker.js";
import { FrameMemory, ownedFrame, type WithoutMethods } from "./frame-memory.js";
import { type GainModeCheck, moduleGainModes, modulesThatCame } from "./gain-mode-check.js";
import { ownedCopy } from "./owned-memory.js";

export interface CalibratedFramesOptions {
  readonly unit: CalibratedUnit;
  readonly fillValue: number;
}

type Values = Float32Array | Int32Array;

/** Makes calibrated frames. */
export class CalibratedFrames implements FrameMaker {
  readonly #calibrator: Calibrator;
  readonly #geometry: FrameGeometry;
  readonly #check: GainModeCheck;
  readonly #options: CalibratedFramesOptions;
  /** Memory of borrowed frames: the calibrator's own memory, or frames with gaps. */
  readonly #values: Values;
  readonly #status: Uint8Array;
  readonly #memory: FrameMemory;
  /** Maps for the detector's pixels, by those for frames with gaps. */
  readonly #ringMaps = new WeakMap<RingMap, RingMap>();

  constructor(
    calibrator: Calibrator,
    geometry: FrameGeometry,
    check: GainModeCheck,
    options: CalibratedFramesOptions,
  ) {
    this.#calibrator = calibrator;
    this.#geometry = geometry;
    this.#check = check;
    this.#options = options;
    const { values, status } = calibrator;
    const ValuesArray = values.constructor as new (length: number) => Values;
    this.#values = geometry.isPlain ? values : new ValuesArray(geometry.pixels).fill(options.fillValue);
    this.#status = geometry.isPlain ? status : new Uint8Array(geometry.pixels).fill(PIXEL_STATUS.gap);
    this.#memory = new FrameMemory({
      statistics: () => calibrator.measure(),
      measureRegion: (region) => this.#measureRegion(region),
      measureRings: (map) => this.#measureRings(map),
      countAbove: (threshold) => calibrator.countAbove(threshold),
      countGainStages: (marginAdu) => calibrator.countGainStages(marginAdu),
    });
  }

  own(event: JungfrauEvent): CalibratedFrame | RoundedFrame {
    const counts = this.#calibrate(event);
    const frame = this.#frame(event, counts, ownedCopy(this.#values), ownedCopy(this.#status));
    return ownedFrame(frame, this.#memory.whileNewest(event).countGainStages);
  }

  borrow(event: JungfrauEvent): CalibratedFrame | RoundedFrame {
    const counts = this.#calibrate(event);
    return this.#memory.lend(this.#frame(event, counts, this.#values, this.#status), event);
  }

  #measureRegion(region: PixelRegion): RegionStatistics {
    const { rows, columns } = this.#geometry.inDetector(region);
    if (rows[0] === rows[1] || columns[0] === columns[1]) return { sum: 0, max: null, count: 0 };
    return this.#calibrator.measureRegion({ rows, columns });
  }

  #measureRings(map: RingMap): RingTotals {
    return this.#calibrator.measureRings(this.#geometry.isPlain ? map : this.#inDetector(map));
  }

  #inDetector(map: RingMap): RingMap {
    let inDetector = this.#ringMaps.get(map);
    if (inDetector === undefined) {
      const ringOf = new Uint16Array(this.#geometry.layout.pixels);
      this.#geometry.take(map.ringOf, ringOf);
      inDetector = new RingMap(ringOf, map.rings);
      this.#ringMaps.set(map, inDetector);
    }
    return inDetector;
  }

  #calibrate(event: JungfrauEvent): CalibratedCounts & { wrongConstants: boolean } {
    const calibrator = this.#calibrator;
    this.#memory.overwrite();
    const modes = moduleGainModes(event, calibrator.layout);
    const wrong = this.#check.wrongModules(modes);
    const came = modulesThatCame(event, calibrator.layout);
    const counts = calibrator.calibrate(
      event.frames.map(({ raw, rows, portIndex }) => ({ raw, firstRow: portIndex * rows })),
      modes.map(({ highGain }) => highGain),
      modes.map(
        ({ forcedStage }, module) => !wrong[module] && forcedStage === undefined && came[module] === true,
      ),
    );
    if (!this.#geometry.isPlain) {
      this.#geometry.place(calibrator.values, this.#values);
      this.#geometry.place(calibrator.status, this.#status);
    }
    return { ...counts, wrongConstants: wrong.includes(true) };
  }

  #frame(
    { incomplete }: JungfrauEvent,
    counts: CalibratedCounts & { wrongConstants: boolean },
    data: Values,
    status: Uint8Array,
  ): WithoutMethods<CalibratedFrame> | WithoutMethods<RoundedFrame> {
    const { shape } = this.#geometry;
    const { unit, fillValue } = this.#options;
    const frame = { shape, stride: [shape[1], 1], status, fillValue, incomplete, ...counts } as const;
    return data instanceof Int32Array
      ? { ...frame, dtype: "int32", unit: "photons", data }
      : { ...frame, dtype: "float32", unit, data };
  }
}
