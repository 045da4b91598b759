import type { ConstantsStage } from "../constants/index.js";
import { GAIN_BITS_SHIFT, GAIN_CODE_G0, GAIN_CODE_G1, GAIN_CODE_G2 } from "../detector.js";
import { headerEntry, type ModuleFrame } from "../stream/index.js";

/** Gain codes, bits 15–14 of a word, by gain stage; HG0 has that of G0. */
export const GAIN_CODES: Readonly<Record<ConstantsStage, number>> = {
  g0: GAIN_CODE_G0,
  g1: GAIN_CODE_G1,
  g2: GAIN_CODE_G2,
  hg0: GAIN_CODE_G0,
};
const STAGES = ["g0", "g1", "g2"] as const;

/** Only some of the words are examined to find the stage of most of them. */
const LOOK_STEP = 1021;

/** The stage of a dark frame, or why it has none. */
export type FrameStage =
  | { readonly stage: ConstantsStage }
  /** Its words are not in the stage that its header gives. */
  | { readonly refused: "otherStage" }
  /** No stage has most of its words. */
  | { readonly refused: "mixed" };

/**
 * The gain stage of a dark frame: the one in its header, else the one of most of its words.
 *
 * A header gives it by the forced or fixed stage in detSpec3, or, with `pedestalmode`, by the keys of addJsonHeader
 * that Diamond's control system sends: `pedestal`, `pedestal_frames`, `pedestal_loops`. Of each `pedestal_frames`
 * frames, the last one is switched: to G1 in the first `pedestal_frames` × `pedestal_loops` frames, to G2 afterwards.
 *
 * @param words  the frame's words
 */
export function frameStage(frame: ModuleFrame, words: Uint16Array): FrameStage {
  const { forcedStage, fixedStage, highGain } = frame.gainMode;
  const counts = [0, 0, 0, 0];
  let looked = 0;
  for (let pixel = 0; pixel < words.length; pixel += LOOK_STEP, looked++) {
    const code = (words[pixel] as number) >> GAIN_BITS_SHIFT;
    counts[code] = (counts[code] as number) + 1;
  }
  const most = STAGES.find((stage) => (counts[GAIN_CODES[stage]] as number) > looked / 2);
  if (most === undefined) return { refused: "mixed" };
  const pedestal = pedestalMode(frame);
  const said = pedestal === undefined ? (forcedStage ?? fixedStage) : switchedStage(pedestal);
  if (said !== undefined && STAGES[said] !== most) return { refused: "otherStage" };
  return { stage: highGain && most === "g0" ? "hg0" : most };
}

/** A run of `pedestalmode FRAMES LOOPS`, and a frame's position in it. */
export interface PedestalMode {
  readonly frames: number;
  readonly loops: number;
  /** From 0. */
  readonly frameIndex: number;
}

/** The run of `pedestalmode` in a frame's header; undefined if it was not set. */
export function pedestalMode(frame: ModuleFrame): PedestalMode | undefined {
  if (!isTrue(headerEntry(frame, "pedestal"))) return undefined;
  const [frames, loops, frameIndex] = ["pedestal_frames", "pedestal_loops", "frameIndex"].map((name) =>
    headerEntry(frame, name),
  );
  if (!isCount(frames) || !isCount(loops) || !isCount(frameIndex) || frames === 0) return undefined;
  return { frames, loops, frameIndex };
}

function switchedStage({ frames, loops, frameIndex }: PedestalMode): 0 | 1 | 2 {
  if (frameIndex % frames !== frames - 1) return 0;
  return frameIndex < frames * loops ? 1 : 2;
}

function isTrue(value: unknown): boolean {
  return value === 1 || value === true || (typeof value === "string" && /^true$/i.test(value));
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
