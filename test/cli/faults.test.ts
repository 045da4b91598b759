import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { Command } from "../helpers/command.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { fixedPorts } from "../helpers/ports.js";

/** The exposure is in the headers of stamped frames: where those of an event differ, it is made of two. */
const CONFIGURATION = `
om: {data_retrieval_layer: Jungfrau1MZmqDataRetrieval}
data_retrieval_layer:
  required_data: [event_id, exposure, detector_data]
  data_sources: {exposure: HeaderEntryJungfrau1MZmq}
  exposure_entry: exposure
  detector_calibration: false
  delivery: all
`;

const FRAMES = 120;

/** Run a monitor on a simulated detector with faults until the detector has sent all. */
async function played(t: ExecutionContext, ...faults: string[]) {
  const folder = await temporaryFolder(t);
  const path = join(folder, "raw.yaml");
  await writeFile(path, CONFIGURATION);
  const first = await fixedPorts(2);
  const simulator = new Command(t, [
    ...["simulate", "--json", "--wait", "--stay", "--stamp", "--out", folder],
    ...["--ports", `${first},${first + 1}`, "--rate", "40", "--frames", String(FRAMES)],
    ...faults.flatMap((fault) => ["--fault", fault]),
  ]);
  const { source } = JSON.parse(await simulator.line(/source/));
  const monitor = new Command(t, ["monitor", "-c", path, source, "--json"]);
  const { summary: sent } = JSON.parse(await simulator.line(/summary/));
  await monitor.logged(/^waiting for the next acquisition/m);
  monitor.interrupt();
  t.is(await monitor.ended(), 0, monitor.stderr);
  simulator.interrupt();
  t.is(await simulator.ended(), 0, simulator.stderr);
  const events = monitor.stdout.map((line) => JSON.parse(line));
  const { summary: counters } = events.pop();
  t.is(counters.exposure_disagreements, 0, "events of two exposures");
  t.is(sent.exposures, FRAMES);
  return { sent, counters, events, log: simulator.stderr };
}

test.serial("what the simulator says that it sent is what the monitor counts", async (t) => {
  const faults = ["loss=0.03", "incomplete=0.05", "duplicate=0.03", "malformed=0.1", "no-ticks=0.1"];
  const { sent, counters, events, log } = await played(t, ...faults);
  t.deepEqual(Object.keys(sent.faults), ["lost", "incomplete", "duplicate", "malformed", "no_ticks"]);
  for (const [name, count] of Object.entries(sent.faults)) t.true(Number(count) > 0, name);
  const { module_frames, end_messages, whole } = sent;
  const { malformed, lost } = sent.faults;
  t.like(counters, { module_frames, end_messages, malformed });
  t.true(counters.incomplete >= sent.faults.incomplete, "duplicates of incomplete frames count as well");
  t.true(events.length > 0 && counters.paired <= whole);
  t.true(
    log.includes(`Faults: ${whole} of ${FRAMES} exposures sent whole; module_frames ${module_frames}, `) &&
      log.includes(`, lost ${lost}, `),
    log,
  );
});

test.serial("receivers that restart are found again, with numbers from 1", async (t) => {
  const { sent, events } = await played(t, "restart=1s");
  t.true(sent.faults.restarts > 0);
  const last = events.at(-1);
  t.true(last.exposure > FRAMES / 2, "events come after a restart");
  t.true(Number(last.event_id) < last.exposure, "numbers began again");
});
