import { basename } from "node:path";
import type { CalibrationParameters } from "./frame-settings.js";

/** One line that describes the calibration, for the log. */
export function calibrationSummary({ files, unit, photonEnergyKeV }: CalibrationParameters): string {
  const kinds = (["dark", "gain", "mask"] as const).filter((kind) => files[kind].length > 0);
  const names = kinds.map((kind) => `${kind} ${files[kind].map(({ path }) => basename(path)).join(", ")}`);
  const scale = unit === "photons" ? `${unit} of ${photonEnergyKeV} keV` : unit;
  return `Calibrating to ${scale}: ${names.join("; ")}`;
}
