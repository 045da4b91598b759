import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { kernelCreator } from "../src/calibration/index.js";
import { readMonitorParameters } from "../src/configuration/index.js";
import type { CalibratedFrame, RawFrame } from "../src/data-sources/index.js";
import { layoutOf, MODULE_COLUMNS, MODULE_ROWS } from "../src/detector.js";
import { EventBuilder } from "../src/events/event-builder.js";
import { SYSTEM_CLOCK } from "../src/host/index.js";
import { dispose, registerFor } from "../src/plugin.js";
import {
  DEFAULT_SCENE,
  makeScene,
  SimulatedDetector,
  type Spot,
  sceneFrames,
  writeSceneFiles,
} from "../src/simulator/index.js";
import { parseMessage } from "../src/stream/message.js";
import { PortPlaces } from "../src/stream/port-places.js";
import { FakeHost } from "../src/testing/index.js";
import { NODE } from "./helpers/handlers.js";
import { aModuleFrame, modulePayload } from "./helpers/module-frames.js";
import { ANY_PORT } from "./helpers/ports.js";
import { startReceiver } from "./helpers/receivers.js";
import { sameValues } from "./helpers/same-values.js";
import { wireHeader } from "./helpers/wire-headers.js";

/** A detector that the plugin does not serve: all that it takes is this layout. */
const ONE_MODULE = layoutOf("JUNGFRAU 0.5M", 1);
const FRAMES = 3;

const scene = makeScene({ ...DEFAULT_SCENE, layout: ONE_MODULE, imageCount: FRAMES });
const folder = await mkdtemp(join(tmpdir(), "om-jungfrau-test-"));
const configuration = await writeSceneFiles(folder, scene);
test.after.always(() => rm(folder, { recursive: true }));

/** The plugin's own event handler, on a source of this detector. */
async function aHandler(t: ExecutionContext, source: string) {
  const host = new FakeHost();
  registerFor(ONE_MODULE, host.context);
  t.teardown(() => dispose(host.context));
  const monitorParameters = readMonitorParameters(configuration);
  monitorParameters.override({ group: "data_retrieval_layer", parameter: "delivery" }, "all", "this test");
  const handler = host.context.dataRetrievals
    .get("Jungfrau1MZmqDataRetrieval")({ source, monitorParameters })
    .getDataEventHandler();
  await handler.initializeEventHandlingOnProcessingNode(NODE);
  const raw = await handler.dataSource?.({ name: "raw" });
  if (raw === undefined) throw new Error("the simulator's configuration names no raw frames");
  return { host, handler, raw };
}

/** How far a spot's value may be off, in photons, as in `om-jungfrau demo`. */
const TOLERANCE_PHOTONS = [0.5, 0.75, 6] as const;

function areFound(t: ExecutionContext, { data }: CalibratedFrame, spots: readonly Spot[]): void {
  t.true(spots.length > 10);
  for (const { row, column, photons, stage } of spots) {
    const value = data[row * MODULE_COLUMNS + column] as number;
    t.true(Math.abs(value - photons) <= TOLERANCE_PHOTONS[stage], `${value} for ${photons} in G${stage}`);
  }
}

for (const what of ["its port", "a receiver, parts", "a receiver, om"] as const) {
  test(`frames of one module are read, made events of and calibrated, from ${what}`, async (t) => {
    const detector = await SimulatedDetector.bind([ANY_PORT]);
    t.teardown(() => detector.close());
    let source = detector.source;
    if (what !== "its port") {
      const format = what === "a receiver, om" ? "om" : "parts";
      const receiver = await startReceiver(t, detector.source, { layout: ONE_MODULE, format });
      source = `pairs+${receiver.url}`;
    }
    const { host, handler, raw } = await aHandler(t, source);
    const events = handler.eventGenerator({ ...NODE, signal: undefined });
    const first = events.next();
    await detector.subscribed();
    const acquired = detector.acquire({
      layout: ONE_MODULE,
      frame: sceneFrames(scene),
      rateHz: 100,
      frameCount: FRAMES,
      clock: SYSTEM_CLOCK,
    });

    for (const [index, { raw: words, spots }] of scene.images.entries()) {
      const { value: event } = await (index === 0 ? first : events.next());
      if (event === undefined) return t.fail("the stream has ended");
      const { event_id, detector_data } = handler.extractData({ event });
      const frame = detector_data as CalibratedFrame;
      t.is(event_id, `${index + 1}`);
      t.deepEqual(frame.shape, [MODULE_ROWS, MODULE_COLUMNS]);
      t.is(frame.data.length, ONE_MODULE.pixels);
      t.is(frame.badPixels.noConstants, frame.status.filter((status) => status !== 0).length);
      areFound(t, frame, spots);
      sameValues(t, (raw.getData({ event, data: {} }) as RawFrame).data, words);
      handler.closeEvent({ event });
    }
    await acquired;
    t.like(host.status().counters, { module_frames: FRAMES, paired: FRAMES, unpaired: 0, malformed: 0 });
    t.deepEqual(
      host.logger.lines.filter((line) => line.startsWith("warn")),
      [],
    );
    await events.return();
  });
}

test("of a port that has no other, every frame is an event, also when numbers begin again", (t) => {
  const builder = new EventBuilder({ portCount: 1, windowSize: 8, incompleteFrames: "mark" });
  const numbers = [1n, 2n, 3n, 5n, 1n, 2n, 2n, 3n];
  const events = numbers.flatMap((frameNumber, index) => {
    const frame = aModuleFrame({
      frameNumber,
      arrivalSeconds: 100 + index,
      timestampTicks: BigInt(index + 1),
    });
    return builder.accept(0, { kind: "frame", frame: index === 6 ? { ...frame, ...TWICE } : frame });
  });
  t.deepEqual(
    events.map(({ frameNumber, frames }) => [frameNumber, frames.length]),
    [1n, 2n, 3n, 5n, 1n, 2n, 3n].map((frameNumber) => [frameNumber, 1]),
  );
  t.like(builder.counters, { moduleFrames: 8, paired: 7, missed: 1, duplicate: 1, unpaired: 0, partial: 0 });
  t.is(builder.waiting, 0);
});

/** The frame before it, once more and at once. */
const TWICE = { arrivalSeconds: 105.001, timestampTicks: 6n };

for (const [what, fields, streamCount, rows] of [
  ["one interface", { row: 0, column: 0, detshape: [1, 1] }, 1, 512],
  ["two interfaces", { row: 1, column: 0, detshape: [1, 2] }, 2, 256],
] as const) {
  test(`a module with ${what} needs no second one to be placed`, (t) => {
    const payload = modulePayload(7, rows);
    const header = wireHeader({ ...fields, shape: [MODULE_COLUMNS, rows], size: payload.length });
    const message = parseMessage([Buffer.from(header), payload], {
      layout: ONE_MODULE,
      streamIndex: 0,
      streamCount,
      arrivalSeconds: 1,
      places: new PortPlaces(() => t.fail("it was taken for one without a place")),
    });
    t.like(message, { kind: "frame", frame: { portIndex: fields.row, rows } });
  });
}

test("it is calibrated without SIMD, whose kernel is compiled for another size", async (t) => {
  const { path, layout } = await kernelCreator(ONE_MODULE, undefined)(() => t.fail());
  t.is(path, "scalar");
  t.is(layout, ONE_MODULE);
  await t.throwsAsync(
    kernelCreator(ONE_MODULE, "simd")(() => t.fail()),
    {
      code: "CALIBRATION_NO_SIMD",
      message: /it is compiled for a JUNGFRAU 1M/,
    },
  );
});
