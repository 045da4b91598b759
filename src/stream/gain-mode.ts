import type { GainMode } from "./module-stream.js";

/** Nearly every frame has it. */
const DYNAMIC: GainMode = { highGain: false, fixedStage: undefined, forcedStage: undefined };

/**
 * What the DAQ info bits of a JUNGFRAU say about its gain.
 *
 * @see https://slsdetectorgroup.github.io/devdoc/udpdetspec.html: bit 0 high gain, 1 and 2 fixed stage, 12 and 13 forced
 *   switching. To force G2, both bits are set.
 */
export function gainMode(daqInfo: number): GainMode {
  const highGain = (daqInfo & 1) !== 0;
  const fixedStage = stage((daqInfo >> 1) & 0b11);
  const forcedStage = stage((daqInfo >> 12) & 0b11);
  return highGain || fixedStage || forcedStage ? { highGain, fixedStage, forcedStage } : DYNAMIC;
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
