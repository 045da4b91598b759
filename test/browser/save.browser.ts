import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { readHdf5 } from "../../src/constants/hdf5.js";
import type { Report } from "../../src/viewer/protocol.js";
import { sharedLiveDetector } from "../helpers/live-detector.js";

const { openLiveDetector } = sharedLiveDetector({
  change: (configuration) =>
    configuration
      .replace(
        "detector_data]",
        "detector_data, profile, lit]\n  profile_beam_centre: [511.5, 500]\n  profile_distance_mm: 150\n  profile_photon_energy_kev: 12.4\n  profile_bins: 100\n  lit_threshold: 5\n  lit_minimum: 10",
      )
      .replace(
        "raw: Jungfrau1MZmq",
        "raw: Jungfrau1MZmq, profile: RadialProfileJungfrau1MZmq, lit: LitPixelsJungfrau1MZmq",
      ),
});

test.serial(
  "what is held is saved as HDF5 with the very values, and as a picture in its orientation",
  async (t) => {
    const { live, folder } = await openLiveDetector(t);
    await live.pause();
    const eventId = await live.text("event-id");
    const npy = await live.save("Save npy");
    const { name, content } = await live.save("Save HDF5");
    t.is(name, `jungfrau-calibrated-${eventId}.h5`);
    const path = join(folder, name);
    await writeFile(path, content);
    const [values, status] = await readHdf5({ path, where: path }, (find) =>
      ["entry/data/data", "entry/data/status"].map((one) =>
        find(one)?.read([
          [0, 1024],
          [0, 1024],
        ]),
      ),
    );
    const saved = new Float32Array(values as ArrayLike<number>);
    t.true(Buffer.from(saved.buffer).equals(npy.content.subarray(128)));
    t.is(Array.from(status as ArrayLike<number>).filter((reason) => reason !== 0).length, 32);

    const upright = await live.save("Save PNG");
    await live.press("Rotate");
    const turned = await live.save("Save PNG");
    const pictures = process.env.PICTURES ?? folder;
    await writeFile(join(pictures, "upright.png"), upright.content);
    await writeFile(join(pictures, "turned.png"), turned.content);
    const size = ({ content }: typeof upright) => [content.readUInt32BE(16), content.readUInt32BE(20)];
    t.deepEqual(
      [size(upright), size(turned)],
      [
        [1188, 1104],
        [1188, 1104],
      ],
    );
    t.false(upright.content.equals(turned.content));
    t.deepEqual(live.complaints, []);
  },
);

test.serial("a radial profile and a hit rate are there when the configuration has them", async (t) => {
  const { live, url, folder } = await openLiveDetector(t);
  await live.page.getByText("profile: mean over rings, in 1/Å").waitFor();
  await live.page.getByLabel("profile, mean of each ring over its radius in 1/Å").waitFor();
  await live.when("signal-lit.hit", (text) => text === "100.0 %");
  const { profiles } = (await (await fetch(`${url}api/status`)).json()) as Report;
  t.like(profiles[0], { name: "profile", unit: "1/Å" });
  const [{ centres, mean } = { centres: [], mean: [] }] = profiles;
  t.deepEqual([centres.length, mean.length], [100, 100]);
  t.true(mean.every((value) => value === null || (value > -1 && value < 1000)));
  // Distance, energy and beam centre are those of the profile.
  await live.press("Rings");
  await live.page.locator(".ring").first().waitFor();
  await live.read(511, 900);
  await live.page.mouse.move(5, 5);
  await live.when("resolution", (text) => text === "Row 511, column 900: d = 5.07 Å");
  await live.page.screenshot({ path: join(process.env.PICTURES ?? folder, "profile.png") });
  t.deepEqual(live.complaints, []);
});
