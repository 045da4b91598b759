import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { fakeConstants, fakeStreams, WORDS } from "./fake-streams.mjs";
import { eventsOf, ForeignHost } from "./foreign-host.mjs";
import { MANIFEST, PLUGIN_FOLDER } from "./plugin-folder.mjs";
import { temporaryFolder } from "./temporary-files.mjs";

const SOURCE = "tcp://fake:30001,tcp://fake:30002";

/** The files that the packed document shows: a second plugin, and a configuration that lists it. */
function documentedFolder(t) {
  const folder = temporaryFolder(t);
  const text = readFileSync(join(PLUGIN_FOLDER, "docs", "writing-a-plugin.md"), "utf8");
  for (const [, name, content] of text.matchAll(/^```\w+ (\S+\.\w+)\n([\s\S]*?)^```$/gm)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return folder;
}

function fakeHost(t, options = {}) {
  const host = new ForeignHost({
    ...options,
    replaced: {
      "om-jungfrau-zmq/OpenModuleStream": fakeStreams(1),
      "om-jungfrau-zmq/ReadConstants": fakeConstants,
    },
  });
  t.after(() => host.dispose());
  host.addPlugin(MANIFEST);
  return host;
}

test("a configuration lists a second plugin, whose data come beside the first one's", async (t) => {
  const host = fakeHost(t);
  const handler = await host.monitor(join(documentedFolder(t), "diode.yaml"), SOURCE);
  const { data } = (await eventsOf(handler).next()).value;
  const { detector_data: frame, raw, ...values } = data;
  assert.deepEqual(values, { event_id: "1", laser: 100, diode: 0.05 });
  assert.deepEqual([frame.dtype, frame.unit, frame.shape], ["float32", "photons", [1024, 1024]]);
  assert.deepEqual([raw.dtype, raw.unit, raw.shape], ["uint16", "raw", [1024, 1024]]);
  assert.deepEqual([...raw.data.subarray(0, 2)], [WORDS.firstPixel, WORDS.g0]);
  // Both plugins' sources are there for whoever asks.
  assert.equal((await handler.dataSource({ name: "diode" })).getData({ data: { laser: 2 } }), 0.001);
  assert.equal(await handler.dataSource({ name: "laser_power" }), undefined);
});

test("a host of contract 1.0, which gives no data to sources, refuses the second plugin alone", async (t) => {
  const host = fakeHost(t, { versions: { monitorApi: "1.0.0" } });
  await assert.rejects(host.monitor(join(documentedFolder(t), "diode.yaml"), SOURCE), {
    message: "diode needs monitorApi ^1.1.0, this host has 1.0.0",
  });
});
