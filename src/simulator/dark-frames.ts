import type { DarkScene } from "./dark-scene.js";
import type { FrameOf } from "./simulated-frame.js";

/** DAQ info bits 12 and 13: all pixels are forced to switch to a stage. For G2, both are set. */
const FORCED_DAQ_INFO = [0, 1 << 12, 3 << 12] as const;

/** A dark run: so many frames of G0, then of G1, then of G2, each forced; or a run of `pedestalmode`. */
export type DarkAcquisition =
  | { readonly framesOfStage: number }
  | { readonly pedestalFrames: number; readonly pedestalLoops: number };

/** Number of frames of a dark run. */
export function darkLength(acquisition: DarkAcquisition): number {
  if ("framesOfStage" in acquisition) return FORCED_DAQ_INFO.length * acquisition.framesOfStage;
  return 2 * acquisition.pedestalFrames * acquisition.pedestalLoops;
}

/** The frames of a dark run; one frame in the middle of G0 is taken with the shutter open. */
export function darkFrames(scene: DarkScene, acquisition: DarkAcquisition): FrameOf {
  if ("framesOfStage" in acquisition) {
    const { framesOfStage } = acquisition;
    return (frameIndex) => {
      const stage = Math.min(Math.floor(frameIndex / framesOfStage), 2) as 0 | 1 | 2;
      const isLit = frameIndex === Math.floor(framesOfStage / 2);
      return { raw: scene.frame(stage, isLit), daqInfo: FORCED_DAQ_INFO[stage] };
    };
  }
  const { pedestalFrames, pedestalLoops } = acquisition;
  const added = {
    pedestal: "true",
    pedestal_frames: String(pedestalFrames),
    pedestal_loops: String(pedestalLoops),
  };
  const half = pedestalFrames * pedestalLoops;
  return (frameIndex) => {
    const isSwitched = frameIndex % pedestalFrames === pedestalFrames - 1;
    const stage = isSwitched ? (frameIndex < half ? 1 : 2) : 0;
    return { raw: scene.frame(stage, frameIndex === half), added };
  };
}
