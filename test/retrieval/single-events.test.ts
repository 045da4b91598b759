import { rm } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { DetectorFrame } from "../../src/data-sources/index.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { handlerOf, NODE, RAW } from "../helpers/handlers.js";
import { wordOf, writeRun } from "../helpers/raw-recordings.js";

const numbered = (...numbers: readonly number[]) => numbers.map((number) => ({ number }));

/** A handler on two recordings, the second without a frame of its lower module. */
async function handlerOfRuns(t: ExecutionContext) {
  const folder = await temporaryFolder(t);
  const first = await writeRun(folder, { run: 1, frames: () => numbered(41, 42, 43) });
  const second = await writeRun(folder, { run: 2, frames: (port) => numbered(42, 43, 44).slice(port) });
  const under = handlerOf(RAW, `${first},${second}`);
  t.teardown(() => under.dispose());
  return { folder, ...under };
}

const firstWord = (data: Record<string, unknown>) => (data.detector_data as DetectorFrame).data[0];

test("events of recordings are retrieved in any order, the first recording's first", async (t) => {
  const { handler, logger } = await handlerOfRuns(t);
  await handler.initializeEventDataRetrieval();
  for (const id of ["43", "41", "44", "41"]) {
    const data = await handler.retrieveEventData({ eventId: id });
    t.is(data.event_id, id);
    t.is(firstWord(data), wordOf(Number(id), 0));
    t.like(data, { beam_energy: 12400, detector_distance: 150 });
  }
  t.regex(logger.lines.join("\n"), /run_d1_f0_2\.raw' and its parts hold 2 frames of 3/);
});

test("what is retrieved is the caller's own", async (t) => {
  const { handler } = await handlerOfRuns(t);
  await handler.initializeEventDataRetrieval();
  const one = await handler.retrieveEventData({ eventId: "41" });
  await handler.retrieveEventData({ eventId: "42" });
  t.is(firstWord(one), wordOf(41, 0));
});

test("an event that is not there is an error that names those that are", async (t) => {
  const { handler } = await handlerOfRuns(t);
  await t.throwsAsync(async () => handler.retrieveEventData({ eventId: "41" }), {
    code: "HOST_NOT_INITIALIZED",
  });
  await handler.initializeEventDataRetrieval();
  for (const eventId of ["45", "-1", "", "41.0", "9".repeat(30)]) {
    await t.throwsAsync(async () => handler.retrieveEventData({ eventId }), {
      code: "RECORDING_NO_EVENT",
      message: /holds 41 to 43, .* holds 42 to 44/,
    });
  }
});

test("recordings that cannot be opened, and sources that cannot be built, are told together", async (t) => {
  const { folder, handler } = await handlerOfRuns(t);
  for (const run of [1, 2]) await rm(join(folder, `run_master_${run}.json`));
  await t.throwsAsync(async () => handler.initializeEventDataRetrieval(), {
    code: "MANY_FAULTS",
    message: /run_master_1[\s\S]*run_master_2/,
  });
});

test("events and single events can be had of one handler", async (t) => {
  const { handler } = await handlerOfRuns(t);
  await handler.initializeEventHandlingOnProcessingNode(NODE);
  const ids: string[] = [];
  for await (const event of handler.eventGenerator(NODE)) ids.push(String(event.frameNumber));
  t.deepEqual(ids, ["41", "42", "43", "42", "43", "44"]);
  await handler.initializeEventDataRetrieval();
  t.is((await handler.retrieveEventData({ eventId: "44" })).event_id, "44");
});
