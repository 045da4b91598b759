import type { GainMode } from "./module-stream.js";

/** DAQ info bit: G0 is fixed by keeping the comparators in reset. */
const COMPARATOR_RESET = 1 << 4;

/** The mode of nearly every frame. */
const DYNAMIC: GainMode = { highGain: false, fixedStage: undefined, forcedStage: undefined };

/**
 * The gain mode in a JUNGFRAU's DAQ info bits.
 *
 * @see https://slsdetectorgroup.github.io/devdoc/udpdetspec.html: bit 0 high gain, 1 and 2 fixed stage, 4 comparator
 *   reset, 8 to 11 storage cell, 12 and 13 forced switching. To force G2, both bits are set.
 */
export function gainMode(daqInfo: number): GainMode {
  const highGain = (daqInfo & 1) !== 0;
  const fixedStage = stage((daqInfo >> 1) & 0b11);
  const forcedStage = stage((daqInfo >> 12) & 0b11);
  return highGain || fixedStage || forcedStage ? { highGain, fixedStage, forcedStage } : DYNAMIC;
}

/**
 * The gain mode of DAQ info bits, named as in the detector's command `gainmode`: dynamic, forceswitchg1,
 * forceswitchg2, fixg0, fixg1 or fixg2. High gain is a separate setting and is appended: `dynamic, HG0`.
 */
export function gainModeName(daqInfo: number): string {
  const { highGain } = gainMode(daqInfo);
  return highGain ? `${switchingName(daqInfo)}, HG0` : switchingName(daqInfo);
}

function switchingName(daqInfo: number): string {
  const { fixedStage, forcedStage } = gainMode(daqInfo);
  if (forcedStage !== undefined) return `forceswitchg${forcedStage}`;
  if (fixedStage !== undefined) return `fixg${fixedStage}`;
  return (daqInfo & COMPARATOR_RESET) !== 0 ? "fixg0" : "dynamic";
}

/** The storage cell that took a frame, 0 to 15, from its DAQ info bits. @see {@link gainMode} */
export function storageCell(daqInfo: number): number {
  return (daqInfo >> 8) & 0b1111;
}

/** The DAQ info bits that {@link gainMode} reads: its inverse. */
export function daqInfo({ highGain, fixedStage, forcedStage }: GainMode): number {
  return Number(highGain) | ((fixedStage ?? 0) << 1) | (stageBits(forcedStage) << 12);
}

/** To force G2, both bits are set. */
function stageBits(stage: 1 | 2 | undefined): number {
  return stage === 2 ? 0b11 : (stage ?? 0);
}

/** @param bits  bit 0 for stage 1, bit 1 for stage 2 */
function stage(bits: number): 1 | 2 | undefined {
  if (bits === 0) return undefined;
  return bits === 1 ? 1 : 2;
}
