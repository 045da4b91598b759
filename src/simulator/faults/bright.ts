import { type DetectorLayout, SATURATED_WORD } from "../../detector.js";
import type { FrameOf } from "../simulated-frame.js";

/** A pixel fault's knowledge of the acquisition. */
export interface FaultyAcquisition {
  readonly layout: DetectorLayout;
  readonly rateHz: number;
}

/** Turns faultless frames into faulty ones. */
export type PixelFault = (frame: FrameOf, value: number, acquisition: FaultyAcquisition) => FrameOf;

/** Radii of the direct beam in pixels, from the middle of the frame; the inner part is saturated. */
const BEAM_RADIUS = 6;
const SATURATED_RADIUS = 2;
/** ADU above the end of G2, per pixel of radius. */
const ADU_PER_PIXEL = 250;

/** The beam stop fails: after so many seconds, pixels around the beam are near the end of G2. */
export const brightened: PixelFault = (frame, startSeconds, { layout, rateHz }) => {
  const { rows, columns } = layout;
  // A scene has few images, which are repeated.
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
};
