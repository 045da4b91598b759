import type { DataSourceArguments, ExtractionArguments } from "../../api/index.js";
import { CONFIGURATION_KEYS, readSetting } from "../../settings/index.js";
import type { DetectorFrame } from "../detector-frame/frame.js";

/** Name of a signal's frame. @throws {ConfigurationError} CONFIGURATION_WRONG_TYPE, _BAD_VALUE */
export function frameName({ dataSourceName, monitorParameters }: DataSourceArguments): string {
  return readSetting(monitorParameters, CONFIGURATION_KEYS.signalFrame, dataSourceName);
}

/**
 * The frame that a signal is computed from.
 *
 * @throws {Error} if the event has none, because its source failed, or because the name belongs to other data
 */
export function frameOf({ data }: ExtractionArguments, name: string): DetectorFrame {
  const frame = data?.[name];
  if (frame === undefined) throw new Error(`it is made of '${name}', which the event does not have`);
  if (!isDetectorFrame(frame)) {
    throw new Error(
      `it is made of '${name}', which is no frame of a Jungfrau1MZmq. Name another with <name>_frame`,
    );
  }
  return frame;
}

function isDetectorFrame(value: unknown): value is DetectorFrame {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as Partial<DetectorFrame>).countGainStages === "function"
  );
}
