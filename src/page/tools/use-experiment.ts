import { useMemo } from "react";
import type { MonitorIdentity } from "../../viewer/protocol.ts";
import type { Experiment } from "../display/resolution.ts";
import { NUMBER } from "../display/url-forms.ts";
import { useRememberedState } from "../use-url-state.ts";

/** Numbers of the experiment, null where they are unknown. */
export interface ExperimentNumbers {
  readonly distanceMm: number | null;
  readonly photonEnergyKeV: number | null;
  readonly beamRow: number | null;
  readonly beamColumn: number | null;
}

export interface ExperimentSettings {
  readonly typed: ExperimentNumbers;
  readonly configured: ExperimentNumbers;
  /** Typed numbers, or else the configured ones; null if any is missing. */
  readonly experiment: Experiment | null;
  /** Null restores the configured number. */
  setTyped(name: keyof ExperimentNumbers, value: number | null): void;
}

/** The experiment as it is configured, or typed on this page. */
export function useExperiment(identity: MonitorIdentity | null): ExperimentSettings {
  const [distanceMm, setDistance] = useRememberedState("distance", NUMBER, null);
  const [photonEnergyKeV, setEnergy] = useRememberedState("energy", NUMBER, null);
  const [beamRow, setBeamRow] = useRememberedState("beam-row", NUMBER, null);
  const [beamColumn, setBeamColumn] = useRememberedState("beam-column", NUMBER, null);

  const typed = useMemo(
    () => ({ distanceMm, photonEnergyKeV, beamRow, beamColumn }),
    [distanceMm, photonEnergyKeV, beamRow, beamColumn],
  );
  const configured = useMemo(() => configuredNumbers(identity), [identity]);
  const setTyped = useMemo(() => {
    const setters = {
      distanceMm: setDistance,
      photonEnergyKeV: setEnergy,
      beamRow: setBeamRow,
      beamColumn: setBeamColumn,
    };
    return (name: keyof ExperimentNumbers, value: number | null) => setters[name](value);
  }, [setDistance, setEnergy, setBeamRow, setBeamColumn]);
  return useMemo(
    () => ({ typed, configured, experiment: experimentOf(typed, configured), setTyped }),
    [typed, configured, setTyped],
  );
}

function configuredNumbers(identity: MonitorIdentity | null): ExperimentNumbers {
  const { distanceMm = null, photonEnergyKeV = null, beamCentre = null } = identity ?? {};
  return {
    distanceMm,
    photonEnergyKeV,
    beamRow: beamCentre?.[0] ?? null,
    beamColumn: beamCentre?.[1] ?? null,
  };
}

function experimentOf(typed: ExperimentNumbers, configured: ExperimentNumbers): Experiment | null {
  const distanceMm = typed.distanceMm ?? configured.distanceMm;
  const photonEnergyKeV = typed.photonEnergyKeV ?? configured.photonEnergyKeV;
  const row = typed.beamRow ?? configured.beamRow;
  const column = typed.beamColumn ?? configured.beamColumn;
  if (distanceMm === null || photonEnergyKeV === null || row === null || column === null) return null;
  if (distanceMm <= 0 || photonEnergyKeV <= 0) return null; // possible in an address
  return { distanceMm, photonEnergyKeV, beamCentre: [row, column] };
}
