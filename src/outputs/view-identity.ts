import { statSync } from "node:fs";
import { hostname } from "node:os";
import type { DescribedFact } from "../api/index.js";
import type { MonitorHost } from "../host/index.js";
import type { MonitorIdentity } from "../viewer/index.js";

/** The command line's information about a monitor. */
export interface MonitorOrigin {
  /** Path of the configuration. */
  readonly configuration: string;
  /** As it was given. */
  readonly source: string;
}

/**
 * The monitor's identity, from the descriptions of its data sources. Distance and photon energy are those of
 * a source that uses them, or else OM's fallbacks (mm and eV), which need not be in `required_data`.
 */
export async function identityOf(host: MonitorHost, origin: MonitorOrigin): Promise<MonitorIdentity> {
  const described = Object.values(host.describe().data ?? {});
  const facts = described.flatMap((source) => source.facts ?? []);
  const paths = new Set(described.flatMap(({ files = [] }) => files).map(({ path }) => path));
  return {
    host: hostname(),
    ...origin,
    constants: [...paths].map((path) => ({ path, modifiedSeconds: modifiedSeconds(path) })),
    photonEnergyKeV: numberOf(facts, "photon_energy") ?? (await fallback(host, "beam_energy", IN_KEV)),
    distanceMm: numberOf(facts, "detector_distance") ?? (await fallback(host, "detector_distance", IN_MM)),
    beamCentre: beamCentreOf(facts),
  };
}

function modifiedSeconds(path: string): number | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? null : stats.mtimeMs / 1000;
}

function factOf(facts: readonly DescribedFact[], name: string): DescribedFact["value"] {
  return facts.find((fact) => fact.name === name && fact.value !== null)?.value ?? null;
}

function numberOf(facts: readonly DescribedFact[], name: string): number | null {
  const value = factOf(facts, name);
  return typeof value === "number" ? value : null;
}

/** Size of the unit in keV, by the unit in the number's key; without one, OM's unit. */
const IN_KEV: Readonly<Record<string, number>> = { "": 1e-3, eV: 1e-3, keV: 1 };
const IN_MM: Readonly<Record<string, number>> = { "": 1, mm: 1, cm: 10, m: 1000 };

async function fallback(
  host: MonitorHost,
  name: string,
  factors: Readonly<Record<string, number>>,
): Promise<number | null> {
  try {
    const source = await host.dataSource(name);
    const fact = source?.describe?.().facts?.find((one) => one.name === "value");
    const factor = factors[fact?.unit ?? ""];
    return typeof fact?.value === "number" && factor !== undefined ? fact.value * factor : null;
  } catch {
    return null; // missing in the configuration
  }
}

/** From `row, column`. */
function beamCentreOf(facts: readonly DescribedFact[]): MonitorIdentity["beamCentre"] {
  const [row = Number.NaN, column = Number.NaN] = String(factOf(facts, "beam_centre"))
    .split(", ")
    .map(Number);
  return Number.isFinite(row + column) ? [row, column] : null;
}
