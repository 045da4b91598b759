import { MISSING_WORD, MODULE_COLUMNS, MODULE_PIXELS, ROWS_PER_PACKET } from "../detector.js";
import type { AcquisitionOptions } from "./acquisition.js";
import { withFaults } from "./faults/index.js";
import { frameHeader } from "./frame-header.js";
import { malformedMessage } from "./malformed.js";
import type { Exposure } from "./plan.js";
import type { PlannedFrame } from "./planned-message.js";
import { type Random, seededRandom } from "./random.js";
import type { FrameOf, SimulatedFrame } from "./simulated-frame.js";
import { STAMP_CYCLE, type Stamp, writeStamp } from "./stamp.js";

/** Makes the messages of an acquisition's module frames. */
export class ModuleMessages {
  readonly #options: AcquisitionOptions;
  readonly #frame: FrameOf;
  readonly #random: Random;
  /** Each frame is created once for all modules, because dark frames are random. */
  readonly #frames = new WeakMap<Exposure, SimulatedFrame>();
  /** By the frame's words, then by module and stamp. */
  readonly #stampedWords = new WeakMap<Uint16Array, Map<number, Uint16Array>>();

  constructor(options: AcquisitionOptions) {
    const { frame, faults = [], seed = 1 } = options;
    this.#options = options;
    this.#frame = withFaults(frame, faults, options);
    this.#random = seededRandom(seed);
  }

  /** Header and payload; for an invalid message, its parts. The payload may be shared: do not write to it. */
  parts(message: PlannedFrame): (string | Uint8Array)[] {
    const { exposure, portIndex: moduleIndex, frameNumber, timestampTicks, packetsCaught } = message;
    const { layout, isStamped, added } = this.#options;
    const simulated = this.#frames.get(exposure) ?? this.#frame(exposure.index);
    this.#frames.set(exposure, simulated);
    const header = frameHeader({
      layout,
      moduleIndex,
      frameNumber,
      frameIndex: exposure.frameIndex,
      timestampTicks: BigInt(timestampTicks),
      daqInfo: simulated.daqInfo ?? 0,
      packetsCaught,
      added: { ...added, ...simulated.added, ...(isStamped && { exposure: String(exposure.index) }) },
    });
    const { buffer, byteOffset, byteLength } = this.#words(simulated, message);
    const payload = new Uint8Array(buffer, byteOffset, byteLength);
    return message.kind === "malformed" ? malformedMessage(header, payload, this.#random) : [header, payload];
  }

  /** A module's words: a view of the frame's words unless they differ. */
  #words(
    { raw }: SimulatedFrame,
    { portIndex: moduleIndex, exposure, packetsCaught }: PlannedFrame,
  ): Uint16Array {
    const { layout, isStamped } = this.#options;
    const firstPixel = layout.places[moduleIndex]?.firstPixel ?? 0;
    const words = raw.subarray(firstPixel, firstPixel + MODULE_PIXELS);
    const whole = isStamped ? this.#stamped(raw, words, { moduleIndex, exposure: exposure.index }) : words;
    if (packetsCaught === undefined) return whole;
    // The last packet arrives; the packets that are missing are those before it.
    const packetWords = ROWS_PER_PACKET * MODULE_COLUMNS;
    return whole.slice().fill(MISSING_WORD, (packetsCaught - 1) * packetWords, -packetWords);
  }

  /** Created once for each image of a scene: copying a megabyte per frame would limit the rate. */
  #stamped(raw: Uint16Array, words: Uint16Array, stamp: Omit<Stamp, "run">): Uint16Array {
    const ofImage = this.#stampedWords.get(raw) ?? new Map<number, Uint16Array>();
    this.#stampedWords.set(raw, ofImage);
    const key = stamp.moduleIndex * STAMP_CYCLE + (stamp.exposure % STAMP_CYCLE);
    const made = ofImage.get(key);
    if (made !== undefined) return made;
    const stamped = words.slice();
    writeStamp(stamped, { ...stamp, run: this.#options.seed ?? 1 });
    ofImage.set(key, stamped);
    return stamped;
  }
}
