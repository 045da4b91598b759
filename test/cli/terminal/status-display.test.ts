import { setTimeout as wait } from "node:timers/promises";
import test from "ava";
import type { StreamStatus } from "../../../src/api/index.js";
import { StatusDisplay } from "../../../src/cli/terminal/status-display.js";
import type { MonitoredEvent } from "../../../src/host/index.js";
import { until } from "../../helpers/until.js";

/** A display, its lines, and frames that can be measured only while they are open, as those of a data source. */
function aDisplay() {
  const lines: string[] = [];
  const passesMs: number[] = [];
  let open: bigint | undefined;
  const status = (): StreamStatus => ({ state: "streaming", message: "streaming", counters: {} });
  const output = { write: async (line: string) => void lines.push(line) };
  const display = new StatusDisplay(status, output as never);
  /** Deliver an event with a frame whose pixels are its number, and close it. */
  const deliver = (frameNumber: bigint) => {
    const data = Float32Array.of(Number(frameNumber));
    const statistics = () => {
      if (open !== frameNumber) throw new Error(`The frame of event ${frameNumber} has been overwritten.`);
      passesMs.push(performance.now());
      return { min: data[0], max: data[0], mean: data[0] };
    };
    const frame = { dtype: "float32", shape: [1, 1], data, statistics };
    const event = { frameNumber, timestampSeconds: Date.now() / 1000 };
    open = frameNumber;
    display.write({ event, data: { frame } } as unknown as MonitoredEvent);
    open = undefined;
  };
  return { display, lines, passesMs, deliver };
}

test("a line of a fast stream has its event's numbers, measured while that is open, once per second", async (t) => {
  const { display, lines, passesMs, deliver } = aDisplay();
  const measured = () => lines.filter((line) => line.includes("mean"));
  for (let frameNumber = 1n; measured().length < 3; frameNumber++) {
    deliver(frameNumber);
    await wait(2);
  }
  display.close();
  for (const line of measured()) t.regex(line, /event (\d+) \| lag \d+ ms \| mean \1 max \1 \|/);
  const intervalsMs = passesMs.slice(1).map((passMs, index) => passMs - (passesMs[index] as number));
  t.true(Math.min(...intervalsMs) > 900, `measured after ${intervalsMs} ms`);
  // All but the first, which no rate can be told with.
  t.true(passesMs.length <= lines.length + 1, `${passesMs.length} passes for ${lines.length} lines`);
});

test("a line without a new event repeats what was measured of the last", async (t) => {
  const { display, lines, passesMs, deliver } = aDisplay();
  deliver(7n);
  await until(() => lines.length === 2);
  display.close();
  t.regex(lines[0] as string, /^0\.\d events\/s \| event 7 \| lag \d+ ms \| mean 7 max 7 \|/);
  t.regex(lines[1] as string, /^0\.0 events\/s \| event 7 \| \d\.\d s ago \| mean 7 max 7 \|/);
  t.is(passesMs.length, 1);
});

test("an event that followed too soon to be measured is shown without the numbers of the one before", async (t) => {
  const { display, lines, deliver } = aDisplay();
  deliver(7n);
  deliver(8n);
  await until(() => lines.length === 1);
  display.close();
  t.regex(lines[0] as string, /\| event 8 \| lag \d+ ms \| paired 0/);
});

test("the only line of a short run is printed after its event was closed, with what was measured before", (t) => {
  const { display, lines, passesMs, deliver } = aDisplay();
  deliver(7n);
  t.deepEqual(lines, []);
  display.close();
  t.is(lines.length, 1);
  t.regex(lines[0] as string, /\| event 7 \| lag \d+ ms \| mean 7 max 7 \|/);
  t.is(passesMs.length, 1);
});

test("the rate of a stream slower than one event per second is that from event to event", async (t) => {
  const { display, lines, deliver } = aDisplay();
  deliver(1n);
  await until(() => lines.length === 2);
  deliver(2n);
  display.close();
  t.regex(lines[2] as string, /^0\.\d events\/s \| event 2 \| lag \d+ ms \| mean 2 max 2 \|/);
});
