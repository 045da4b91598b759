import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { check, python } from "../helpers/python.js";
import { asPosted, hdf5Url, serveFrames, showFrame } from "../helpers/served-view.js";
import { viewImage } from "../helpers/view-images.js";

/*
 * Read the images that the live view saves as HDF5 with h5py. Ends with 1 when one comes out different. Needs Debian's
 * python3-h5py.
 *
 *   node dist/test/tools/exchange-view.js
 */

const READ = `
import sys, h5py, numpy as np
path, event, name, dtype = sys.argv[1:]
with h5py.File(path, "r") as file:
    # As H5Web finds the plot of a file.
    entry = file[file.attrs["default"]]
    data = entry[entry.attrs["default"]]
    signal = data[data.attrs["signal"]]
    axes = [data[axis] for axis in data.attrs["axes"]]
    assert [axis.attrs["long_name"] for axis in axes] == ["row", "column"]
    assert all(np.array_equal(axis[()], np.arange(size)) for axis, size in zip(axes, signal.shape))
    words = dtype == "uint16"
    assert data["title"][()].decode() == f"{'raw words' if words else 'calibrated (photons)'}, event {event}"
    assert signal.attrs.get("_FillValue") == (65535 if words else None)
    assert [file.attrs["NX_class"], entry.attrs["NX_class"], data.attrs["NX_class"]] == ["NXroot", "NXentry", "NXdata"]
    values, status, mask = signal[()], data["status"][()], data["mask"][()]
    assert values.dtype == dtype and values.shape == status.shape == mask.shape == (1024, 1024), (values.dtype, values.shape)
    pixels = np.arange(1024 * 1024).reshape(1024, 1024)
    expected = (pixels % 60000).astype(dtype)
    good = pixels % 1000 != 0
    assert np.array_equal(values[good], expected[good])
    assert np.array_equal(status, np.where(good, 0, 2)) and np.array_equal(mask != 0, ~good)
    text = lambda key: entry[key][()].decode()
    assert text("event_id") == event and text("image") == name and text("host") == "beamline-1"
    assert entry["time"][()] == 1700000000.25 and entry["time"].attrs["units"] == "s"
    assert text("start_time") == "2023-11-14T22:13:20.250Z"
    assert signal.attrs["units"] == ("raw" if dtype == "uint16" else "photons"), signal.attrs["units"]
    assert entry["photon_energy"][()] == 12.4 and entry["photon_energy"].attrs["units"] == "keV"
`;

const ends: (() => unknown)[] = [];
const { shape, pixels } = {
  shape: [JUNGFRAU_1M.rows, JUNGFRAU_1M.columns] as const,
  pixels: JUNGFRAU_1M.pixels,
};
const status = Uint8Array.from({ length: pixels }, (_, i) => (i % 1000 === 0 ? 2 : 0));
const data = Float32Array.from({ length: pixels }, (_, i) => i % 60_000);
const TIME = 1_700_000_000.25;

const folder = await mkdtemp(join(tmpdir(), "om-jungfrau-view-"));
ends.push(() => rm(folder, { recursive: true, force: true }));
try {
  const view = await serveFrames({ teardown: (end) => void ends.push(end) });
  const save = async (name: string, response: Response) => {
    if (!response.ok) throw new Error(await response.text());
    const path = join(folder, name);
    await writeFile(path, Buffer.from(await response.arrayBuffer()));
    return path;
  };
  await check("h5py reads the newest image, as the view saves it", async () => {
    await showFrame(view, { dtype: "float32", shape, data, status, unit: "photons" }, TIME);
    python(READ, await save("newest.h5", await fetch(hdf5Url(view))), "7", "calibrated", "float32");
  });
  await check("h5py reads a raw image that a page holds", async () => {
    const header = { image: "raw", unit: "raw", eventId: "41", timestampSeconds: TIME } as const;
    const body = asPosted(viewImage({ ...header, shape, data: Uint16Array.from(data), status }));
    const path = await save("held.h5", await fetch(hdf5Url(view), { method: "POST", body }));
    python(READ, path, "41", "raw", "uint16");
  });
} finally {
  for (const end of ends.reverse()) await end();
}
