import type { MonitorIdentity } from "../../src/viewer/index.js";

/** A monitor for tests of the live view. */
export const IDENTITY: MonitorIdentity = {
  host: "beamline-1",
  configuration: "/data/monitor.yaml",
  source: "tcp://127.0.0.1:30001,tcp://127.0.0.1:30002",
  constants: [{ path: "/data/dark_m0.h5", modifiedSeconds: 1_700_000_000 }],
  photonEnergyKeV: 12.4,
  distanceMm: 150,
  beamCentre: [511.5, 520],
};
