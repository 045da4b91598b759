import { hostname } from "node:os";
import test from "ava";
import type { DataSource, DataSourceDescription } from "../../src/api/index.js";
import type { MonitorHost } from "../../src/host/index.js";
import { identityOf } from "../../src/outputs/view-identity.js";
import { inPackage } from "../helpers/package-root.js";

const ORIGIN = { configuration: "/data/monitor.yaml", source: "tcp://127.0.0.1:30001" };

/** A host with such data sources, and fallbacks by their names. */
function hostOf(
  data: Readonly<Record<string, DataSourceDescription>> | undefined,
  fallbacks: Readonly<Record<string, number>> = {},
  unit?: string,
): MonitorHost {
  const dataSource = async (name: string): Promise<Partial<DataSource<unknown>>> => {
    const value = fallbacks[name];
    if (value === undefined) throw new Error(`no ${name}`);
    return { describe: () => ({ facts: [{ name: "value", title: "value", value, unit }] }) };
  };
  return { describe: () => ({ data }), dataSource } as unknown as MonitorHost;
}

test("it has what data sources describe, each file of constants once", async (t) => {
  const file = { path: inPackage("package.json"), where: "", notes: [] };
  const identity = await identityOf(
    hostOf({
      detector_data: {
        facts: [{ name: "photon_energy", title: "photon energy", value: 12.4, unit: "keV" }],
        files: [file, file, { ...file, path: "/gone.h5" }],
      },
      profile: {
        facts: [
          { name: "beam_centre", title: "beam centre", value: "511.5, 620.25" },
          { name: "detector_distance", title: "detector distance", value: 150, unit: "mm" },
        ],
      },
    }),
    ORIGIN,
  );
  t.like(identity, { ...ORIGIN, host: hostname(), photonEnergyKeV: 12.4, distanceMm: 150 });
  t.deepEqual(identity.beamCentre, [511.5, 620.25]);
  t.deepEqual(
    identity.constants.map(({ path }) => path),
    [file.path, "/gone.h5"],
  );
  t.true((identity.constants[0]?.modifiedSeconds ?? 0) > 1.6e9);
  t.is(identity.constants[1]?.modifiedSeconds, null);
});

test("distance and energy are OM's fallbacks where no source describes them", async (t) => {
  const identity = await identityOf(hostOf({}, { beam_energy: 9500, detector_distance: 120 }), ORIGIN);
  t.like(identity, { photonEnergyKeV: 9.5, distanceMm: 120, beamCentre: null, constants: [] });
  const inKeV = await identityOf(hostOf({}, { beam_energy: 9.5 }, "keV"), ORIGIN);
  t.is(inKeV.photonEnergyKeV, 9.5);
  const inAnother = await identityOf(hostOf({}, { beam_energy: 9.5, detector_distance: 3 }, "feet"), ORIGIN);
  t.like(inAnother, { photonEnergyKeV: null, distanceMm: null });
});

test("what nothing says is unknown", async (t) => {
  const identity = await identityOf(hostOf(undefined), ORIGIN);
  t.like(identity, { photonEnergyKeV: null, distanceMm: null, beamCentre: null, constants: [] });
});
