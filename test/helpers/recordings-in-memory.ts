import type { Recording } from "../../src/recordings/index.js";
import type { ModuleFrame } from "../../src/stream/index.js";
import { aModuleFrame, modulePayload } from "./module-frames.js";
import { wireHeader } from "./wire-headers.js";

/** A frame of which a test says only what it is about; its header says the same. */
export function aRecordedFrame(
  frameNumber: number,
  portIndex: number,
  fields: Partial<ModuleFrame> & { readonly header?: never } = {},
  headerFields: Readonly<Record<string, unknown>> = {},
): ModuleFrame {
  const { timestampTicks = 0n, complete = true } = fields;
  return aModuleFrame({
    frameNumber: BigInt(frameNumber),
    portIndex,
    raw: modulePayload(1000 * portIndex + frameNumber),
    header: Buffer.from(
      wireHeader({
        frameNumber,
        row: portIndex,
        timestamp: timestampTicks,
        completeImage: Number(complete),
        packetNumber: complete ? 128 : 100,
        ...headerFields,
      }),
    ),
    ...fields,
  });
}

/** A recording of exposures that a test makes up. */
export function recordingOf(
  exposures: readonly { readonly seconds: number; readonly frames: readonly ModuleFrame[] }[],
): Recording {
  const numberOf = (index: number) => exposures[index]?.frames[0]?.frameNumber ?? 0n;
  return {
    path: "run_master_0.json",
    format: "made up",
    portCount: exposures[0]?.frames.length ?? 2,
    startSeconds: 0,
    notes: [],
    length: exposures.length,
    read: async (index) => {
      const { frames = [], seconds = 0 } = exposures[index] ?? {};
      return { frames, timestampSeconds: seconds };
    },
    indexOf: async (number) => exposures.findIndex((_, index) => numberOf(index) === number),
    indexFrom: async (number) => exposures.findIndex((_, index) => numberOf(index) >= number),
    numberOf,
    close: () => undefined,
  };
}
