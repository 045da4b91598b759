import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { fakeConstants, fakeStreams, WORDS } from "./fake-streams.mjs";
import { eventsOf, ForeignHost } from "./foreign-host.mjs";
import { MANIFEST } from "./plugin-folder.mjs";
import { HANGS, startSimulator } from "./simulator.mjs";
import { temporaryFile } from "./temporary-files.mjs";
import { YamlParameters } from "./yaml-parameters.mjs";

const SOURCE = "tcp://fake:30001,tcp://fake:30002";

const PHOTONS = `
om: {data_retrieval_layer: Jungfrau1MZmqDataRetrieval}
data_retrieval_layer:
  required_data: [timestamp, event_id, detector_data, beam_energy]
  delivery: all
  fallback_beam_energy_in_eV: 10000
  camera_units: keV
calibration: {dark_filenames: [0.h5, 1.h5], gain_filenames: [0.bin, 1.bin], photon_energy_kev: 10}
`;
const RAW = `
om: {data_retrieval_layer: Jungfrau1MZmqDataRetrieval}
data_retrieval_layer:
  required_data: [event_id, detector_data]
  delivery: all
  detector_calibration: false
`;

/** A host with the plugin on fake streams and constants. */
function fakeHost(t, opened = []) {
  const host = new ForeignHost({
    replaced: {
      "om-jungfrau-zmq/OpenModuleStream": fakeStreams(3, opened),
      "om-jungfrau-zmq/ReadConstants": fakeConstants,
    },
  });
  t.after(() => host.dispose());
  host.addPlugin(MANIFEST);
  return host;
}

test("two instances with different configurations take turns", async (t) => {
  const host = fakeHost(t);
  const photons = eventsOf(await host.monitor(temporaryFile(t, "photons.yaml", PHOTONS), SOURCE));
  const raw = eventsOf(await host.monitor(temporaryFile(t, "raw.yaml", RAW), SOURCE));
  for (const number of [1, 2, 3]) {
    const { data: calibrated } = (await photons.next()).value;
    const { data: words } = (await raw.next()).value;
    assert.deepEqual(Object.keys(words), ["event_id", "detector_data"]);
    assert.equal(calibrated.event_id, String(number));
    assert.equal(words.event_id, String(number));
    assert.equal(calibrated.beam_energy, 10_000);
    // The first frame's arrival, and 100 ms a frame after it, as far as a number of seconds can tell.
    const expected = 1_700_000_000 + 0.1 * (number - 1);
    assert.ok(Math.abs(calibrated.timestamp - expected) < 1e-6, `${calibrated.timestamp}, not ${expected}`);

    const { detector_data: frame } = calibrated;
    assert.deepEqual([frame.dtype, frame.unit, frame.shape], ["float32", "photons", [1024, 1024]]);
    assert.deepEqual([...frame.data.subarray(0, 3)], [5, 2, 2]);
    assert.deepEqual([words.detector_data.dtype, words.detector_data.unit], ["uint16", "raw"]);
    assert.deepEqual([...words.detector_data.data.subarray(0, 3)], [WORDS.firstPixel, WORDS.g0, WORDS.g0]);
  }
  assert.deepEqual(
    [...host.statusSources].map((read) => read().counters.delivered),
    [3, 3],
  );
});

test("sources are built one by one, under names of the host's own", async (t) => {
  const host = fakeHost(t);
  const configuration = temporaryFile(t, "photons.yaml", PHOTONS);
  const monitorParameters = new YamlParameters(configuration);
  const build = async (name, dataSourceName) => {
    const source = await host.dataSource(name, { dataSourceName, monitorParameters });
    await source.initializeDataSource();
    return source;
  };
  const camera = await build("Jungfrau1MZmq", "camera");
  const energy = await build("FloatEntryFromConfiguration", "fallback_beam_energy");
  const id = await build("EventIdJungfrau1MZmq", "id");
  const time = await build("TimestampJungfrau1MZmq", "time");
  const events = eventsOf(await host.monitor(configuration, SOURCE));
  const { event, data } = (await events.next()).value;
  assert.equal(camera.getData({ event }).unit, "keV");
  assert.deepEqual([...camera.getData({ event }).data.subarray(0, 3)], [50, 20, 20]);
  assert.equal(data.detector_data.unit, "photons");
  assert.equal(energy.getData({ event }), 10_000);
  assert.equal(id.getData({ event }), data.event_id);
  assert.equal(time.getData({ event }), data.timestamp);
});

test("disposing of one host ends its own instances, and no others", async (t) => {
  const [opened, others] = [[], []];
  const [host, other] = [fakeHost(t, opened), fakeHost(t, others)];
  const configuration = temporaryFile(t, "raw.yaml", RAW);
  const events = eventsOf(await host.monitor(configuration, SOURCE));
  const otherEvents = eventsOf(await other.monitor(configuration, SOURCE));
  await events.next();
  await otherEvents.next();

  await host.dispose();
  await host.dispose();
  assert.equal((await events.next()).done, true);
  assert.deepEqual(
    opened.map(({ isClosed }) => isClosed),
    [true, true],
  );
  assert.equal(host.statusSources.size, 0);

  assert.equal((await otherEvents.next()).value.data.event_id, "2");
  assert.deepEqual(
    others.map(({ isClosed }) => isClosed),
    [false, false],
  );
});

test("this host's own faults of configuration are told together with the plugin's", async (t) => {
  const host = fakeHost(t);
  const text = PHOTONS.replace("delivery: all", "delivery: 5\n  pairing_window: -1").replace("10}", "ten}");
  const configuration = temporaryFile(t, "monitor.yaml", text);
  await assert.rejects(host.monitor(configuration, SOURCE), ({ message }) => {
    assert.match(message, /^3 faults:/);
    assert.match(message, /CONFIGURATION_WRONG_TYPE: .*data_retrieval_layer.delivery is not of type string/);
    assert.match(message, /CONFIGURATION_WRONG_TYPE: .*calibration.photon_energy_kev is not of type number/);
    assert.match(message, /CONFIGURATION_BAD_VALUE: .*data_retrieval_layer.pairing_window is -1/);
    return true;
  });
});

test("two instances see the same frames of real sockets, each in its own way", HANGS, async (t) => {
  const { source, configuration } = await startSimulator(t);
  const images = JSON.parse(readFileSync(join(dirname(configuration), "spots.json"), "utf8"));
  const host = new ForeignHost();
  t.after(() => host.dispose());
  host.addPlugin(MANIFEST);
  const photons = eventsOf(await host.monitor(configuration, source));
  const raw = eventsOf(await host.monitor(temporaryFile(t, "raw.yaml", RAW), source));

  // Either may start first, and may skip events: whichever is behind goes on.
  let calibrated = (await photons.next()).value;
  let words = (await raw.next()).value;
  while (calibrated.data.event_id !== words.data.event_id) {
    if (calibrated.event.frameNumber < words.event.frameNumber) calibrated = (await photons.next()).value;
    else words = (await raw.next()).value;
  }

  const spots = images[Number((calibrated.event.frameNumber - 1n) % BigInt(images.length))];
  assert.ok(spots.length > 0);
  for (const { row, column, photons: put, stage } of spots) {
    const pixel = row * 1024 + column;
    const found = calibrated.data.detector_data.data[pixel];
    assert.ok(Math.abs(found - put) < 6, `${found} photons at ${row}, ${column}, where ${put} were put`);
    const gainCode = words.data.detector_data.data[pixel] >> 14;
    assert.equal(gainCode, [0b00, 0b01, 0b11][stage]);
  }
});
