import { setTimeout as delay } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { Command } from "../helpers/command.js";
import { fixedAddress } from "../helpers/ports.js";
import { until } from "../helpers/until.js";

interface Line {
  readonly frameNumber: number;
  /** Since it was sent, when it was delivered. */
  readonly ageMs: number;
}

/** Two modules that send a frame every so often, with ZeroMQ's queue of 1000 messages, and a monitor that works on each. */
async function beamline(t: ExecutionContext, { periodMs = 0, workMs = 0 }) {
  const urls = [await fixedAddress(), await fixedAddress()];
  const startMs = Date.now();
  for (const [moduleIndex, url] of urls.entries()) {
    const args = [url, moduleIndex, 0, 1, startMs, periodMs].map(String);
    new Command(t, args, { script: "dist/test/tools/send-stamped.js" });
  }
  const monitor = new Command(t, [urls.join(","), String(workMs)], {
    script: "dist/test/tools/watch-stamped.js",
  });
  const lines = (from = 0) => monitor.stdout.slice(from).map((line) => JSON.parse(line) as Line);
  return { monitor, lines };
}

/** Ends the monitor. @returns its counters */
async function summaryOf(t: ExecutionContext, monitor: Command): Promise<Record<string, number>> {
  monitor.interrupt();
  t.is(await monitor.ended(), 0, monitor.stderr);
  return JSON.parse(monitor.stdout.at(-1) ?? "{}").summary;
}

test.serial(
  "a monitor that is much slower than the detector gets fresh frames, and counts what it leaves out",
  async (t) => {
    const { monitor, lines } = await beamline(t, { periodMs: 4, workMs: 20 });
    await until(() => lines().length >= 150);
    const newest = lines().slice(-100);
    t.true(
      newest.every(
        ({ frameNumber }, index) => index === 0 || frameNumber > (newest[index - 1] as Line).frameNumber,
      ),
    );
    const ages = newest.map(({ ageMs }) => ageMs).sort((a, b) => a - b);
    t.true((ages[50] as number) < 100, `ages: ${ages}`);
    const { unasked = 0, skipped = 0, missed = 0, unpaired = 0, partial = 0 } = await summaryOf(t, monitor);
    // A quick machine reads and skips what a slow one does not ask for.
    const left = unasked / 2 + skipped;
    t.true(left > 100, `${unasked} not asked for, ${skipped} skipped`);
    t.true(
      missed + unpaired + partial < left / 2,
      `${missed} missed, ${unpaired} unpaired, ${partial} partial, ${left} left out`,
    );
  },
);

test.serial("a monitor that was stopped gets a fresh frame first", async (t) => {
  const { monitor, lines } = await beamline(t, { periodMs: 10 });
  await until(() => lines().length >= 20);
  monitor.stop();
  await delay(3000); // so much has to wait
  const { length } = lines();
  monitor.continue();
  // What it had in its hands when it was stopped may be delivered still.
  await until(() => lines().length >= length + 5);
  const ages = lines(length).map(({ ageMs }) => ageMs);
  t.true(ages.filter((ageMs) => ageMs > 500).length <= 1, `ages: ${ages}`);
});
