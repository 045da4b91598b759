import { Alarms, Signals } from "../../src/host/index.js";
import { FixedClock, RecordingLogger } from "./fakes.js";

/** Signals, and alarms on them. @param alarms  above limits, by the names of signals */
export function watchedData(
  clock = new FixedClock(),
  alarms: Readonly<Record<string, number>> = {},
  { healthz = false, forSeconds = 0 } = {},
) {
  const signals = new Signals(clock);
  const logger = new RecordingLogger();
  const settings = Object.entries(alarms).map(([signal, above]) => ({
    name: `${signal}_high`,
    signal,
    above,
    below: undefined,
    forSeconds,
    healthz,
    advice: "",
  }));
  return { signals, alarms: new Alarms(settings, (name) => signals.level(name), clock, logger), logger };
}
