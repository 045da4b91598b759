import type { DataSourceArguments } from "../../api/index.js";
import { ConfigurationError, FaultCollector } from "../../errors.js";
import {
  addressOf,
  type ConfigurationKey,
  CONFIGURATION_KEYS as KEYS,
  readSetting,
} from "../../settings/index.js";
import type { RingScale } from "./rings.js";

type NumberKey = ConfigurationKey & { readonly schema: { readonly type: "number" } };

/** Keys of the photon energy in order of precedence, and the size of their unit in keV. */
const PHOTON_ENERGY: readonly (readonly [NumberKey, keV: number])[] = [
  [KEYS.namedPhotonEnergyKeV, 1],
  [KEYS.photonEnergyKeV, 1],
  [KEYS.fallbackBeamEnergyInEV, 1e-3],
  [KEYS.fallbackBeamEnergy, 1e-3],
];
const DISTANCE_MM: readonly (readonly [NumberKey, mm: number])[] = [
  [KEYS.radialDistanceMm, 1],
  [KEYS.fallbackDetectorDistanceInMm, 1],
  [KEYS.fallbackDetectorDistance, 1],
];

/** Read the settings of a profile's rings. @throws every fault of its keys together */
export function radialSettings(args: DataSourceArguments): RingScale {
  const { dataSourceName: name, monitorParameters } = args;
  const faults = new FaultCollector();
  const centre = faults.attempt(() => readSetting(monitorParameters, KEYS.beamCentre, name));
  const bins = faults.attempt(() => readSetting(monitorParameters, KEYS.radialBins, name));
  const photonEnergyKeV = faults.attempt(() => firstOf(args, PHOTON_ENERGY));
  const distanceMm = faults.attempt(() => firstOf(args, DISTANCE_MM));
  faults.throwIfAny();
  return {
    beamCentre: centre as RingScale["beamCentre"] & readonly number[],
    bins: bins as number,
    experiment:
      photonEnergyKeV === undefined || distanceMm === undefined ? undefined : { photonEnergyKeV, distanceMm },
  };
}

/** The value of the first key that is set; undefined if none is set. */
function firstOf(
  { dataSourceName, monitorParameters }: DataSourceArguments,
  keys: readonly (readonly [NumberKey, number])[],
): number | undefined {
  for (const [key, factor] of keys) {
    const value = readSetting(monitorParameters, key, dataSourceName) as number | undefined;
    if (value === undefined) continue;
    if (value > 0 && Number.isFinite(value)) return value * factor;
    throw new ConfigurationError(
      "CONFIGURATION_BAD_VALUE",
      `${monitorParameters.locate(addressOf(key, dataSourceName))} is ${value}. Write a number above 0.`,
    );
  }
  return undefined;
}
