import { type DetectorLayout, SATURATED_WORD } from "../detector.js";
import type { SimulatedFrame } from "./simulated-detector.js";

/** What may go wrong, one entry a fault: what its value means, and what it does to a frame. */
export const SIMULATED_FAULTS = {
  /** The beam stop fails: from so many seconds on, pixels around the beam are near the end of G2. */
  bright: {
    value: "START_S",
    least: 0,
    usual: 0,
    apply: brightened,
  },
} as const satisfies Readonly<Record<string, SimulatedFaultKind>>;

interface SimulatedFaultKind {
  readonly value: string;
  readonly least: number;
  /** Its value where none is given. */
  readonly usual: number;
  readonly apply: (frame: FrameOf, value: number, acquisition: FaultyAcquisition) => FrameOf;
}

/** A fault, by its name, and its value. */
export interface SimulatedFault {
  readonly name: keyof typeof SIMULATED_FAULTS;
  readonly value: number;
}

interface FaultyAcquisition {
  readonly layout: DetectorLayout;
  readonly rateHz: number;
}

/** The frame of an index, from 0. */
type FrameOf = (frameIndex: number) => SimulatedFrame;

/** The frames of an acquisition in which things go wrong. */
export function withFaults(
  frame: FrameOf,
  faults: readonly SimulatedFault[],
  acquisition: FaultyAcquisition,
): FrameOf {
  return faults.reduce(
    (before, { name, value }) => SIMULATED_FAULTS[name].apply(before, value, acquisition),
    frame,
  );
}

/** The direct beam: pixels this far from the middle of the frame; in the inner part they are saturated. */
const BEAM_RADIUS = 6;
const SATURATED_RADIUS = 2;
/** ADU above the end of G2 for each pixel of radius. */
const ADU_PER_PIXEL = 250;

function brightened(frame: FrameOf, startSeconds: number, { layout, rateHz }: FaultyAcquisition): FrameOf {
  const { rows, columns } = layout;
  // A scene has few images, which come again and again.
  const made = new WeakMap<Uint16Array, Uint16Array>();
  const brighten = (raw: Uint16Array) => {
    const bright = raw.slice();
    for (let y = -BEAM_RADIUS; y <= BEAM_RADIUS; y++) {
      for (let x = -BEAM_RADIUS; x <= BEAM_RADIUS; x++) {
        const radius = Math.hypot(y, x);
        if (radius > BEAM_RADIUS) continue;
        const adc = radius <= SATURATED_RADIUS ? 0 : Math.round(ADU_PER_PIXEL * radius);
        bright[(rows / 2 + y) * columns + columns / 2 + x] = SATURATED_WORD | adc;
      }
    }
    return bright;
  };
  return (frameIndex) => {
    const simulated = frame(frameIndex);
    if (frameIndex / rateHz < startSeconds) return simulated;
    const raw = made.get(simulated.raw) ?? brighten(simulated.raw);
    made.set(simulated.raw, raw);
    return { ...simulated, raw };
  };
}
