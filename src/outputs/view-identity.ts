import { statSync } from "node:fs";
import { hostname } from "node:os";
import type { DescribedFact } from "../api/index.js";
import type { MonitorHost } from "../host/index.js";
import type { MonitorIdentity } from "../viewer/index.js";

/** What the command line knows of a monitor. */
export interface MonitorOrigin {
  /** Path of the configuration. */
  readonly configuration: string;
  /** As it was given. */
  readonly source: string;
}

/**
 * Which monitor this is, from what its data sources describe. Distance and photon energy are those of a source that uses them,
 * or else OM's fallbacks (mm and eV), which `required_data` need not list.
 */
export async function identityOf(host: MonitorHost, origin: MonitorOrigin): Promise<MonitorIdentity> {
  const described = Object.values(host.describe().data ?? {});
  const facts = described.flatMap((source) => source.facts ?? []);
  const paths = new Set(described.flatMap(({ files = [] }) => files).map(({ path }) => path));
  const energyEV = () => fallback(host, "beam_energy");
  return {
    host: hostname(),
    ...origin,
    constants: [...paths].map((path) => ({ path, modifiedSeconds: modifiedSeconds(path) })),
    photonEnergyKeV: numberOf(facts, "photon_energy") ?? thousandth(await energyEV()),
    distanceMm: numberOf(facts, "detector_distance") ?? (await fallback(host, "detector_distance")),
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

async function fallback(host: MonitorHost, name: string): Promise<number | null> {
  try {
    const source = await host.dataSource(name);
    return numberOf(source?.describe?.().facts ?? [], "value");
  } catch {
    return null; // the configuration has none
  }
}

const thousandth = (value: number | null) => (value === null ? null : value / 1000);

/** From `row, column`. */
function beamCentreOf(facts: readonly DescribedFact[]): MonitorIdentity["beamCentre"] {
  const [row = Number.NaN, column = Number.NaN] = String(factOf(facts, "beam_centre"))
    .split(", ")
    .map(Number);
  return Number.isFinite(row + column) ? [row, column] : null;
}
