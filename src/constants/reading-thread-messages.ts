import type { DetectorLayout } from "../detector.js";
import type { MonitorError } from "../errors.js";
import type { ConstantsFile, ConstantsFiles, ConstantsStage, DarkRecord } from "./constants.js";

/** What the thread that reads constants is started with. */
export interface ReaderData {
  readonly layout: DetectorLayout;
  readonly files: ConstantsFiles;
  readonly withNoise: boolean;
}

/** What it sends: the calls that a reader makes of sink and notes. Maps are transferred. */
export type FromReader =
  | {
      readonly type: "pedestals" | "gains" | "noise";
      readonly moduleIndex: number;
      readonly stage: ConstantsStage;
      readonly map: Float64Array<ArrayBuffer>;
    }
  | { readonly type: "mask"; readonly moduleIndex: number; readonly map: Float64Array<ArrayBuffer> }
  | {
      readonly type: "info" | "warn";
      readonly note: string;
      readonly file: ConstantsFile | undefined;
    }
  | { readonly type: "recorded"; readonly record: DarkRecord; readonly file: ConstantsFile }
  | {
      readonly type: "faults";
      readonly faults: readonly { readonly code: MonitorError["code"]; readonly text: string }[];
    };
