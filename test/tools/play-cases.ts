import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { MISSING_WORD } from "../../src/detector.js";
import { inPackage } from "../helpers/package-root.js";
import { fixedPorts } from "../helpers/ports.js";
import { pythonWith } from "../helpers/python.js";
import { SHARED } from "../helpers/recordings.js";

/*
 * Play cases from the field against `om-jungfrau monitor --json`, and compare its events with what each case says. Ends
 * with 1 when one is not as it should be. Needs Debian's python3-zmq.
 *
 *   node dist/test/tools/play-cases.js [NAME...]
 */

const SCRIPT = join(SHARED, "cases", "stream.py");
const CONFIGURATION = `
om: {data_retrieval_layer: Jungfrau1MZmqDataRetrieval}
data_retrieval_layer:
  required_data: [timestamp, event_id, detector_data]
  detector_calibration: false
  delivery: all
`;
/** A busy machine may lose a few events; the faults that these cases are about cost most of them. */
const SHARE = 0.9;
/** An event's line comes so much later than its frames at most, and the faults in timestamps are of seconds. */
const LAG_SECONDS = { least: -0.05, most: 0.9 };
/** How long `stream.py` waits before it sends, and how soon numbers that differ are to be reported then. */
const START_SECONDS = 3;
const WARNING_SECONDS = 5;

interface Event {
  readonly number: number;
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
  readonly timestampSeconds: number;
  /** From the timestamp to the line. */
  readonly lagSeconds: number;
}

interface Played {
  readonly whole: readonly Event[];
  readonly partial: readonly Event[];
  readonly counters: Readonly<Record<string, number>>;
  /** Seconds from the start of the case to the warning that numbers differ. */
  readonly warnedSeconds: number | undefined;
}

/** What is wrong with what a monitor made of a case: texts, or false. */
type Check = (played: Played) => (string | false)[];

const whole =
  (count: number): Check =>
  ({ whole: { length } }) => [(length > count || length < SHARE * count) && `${length} whole, not ${count}`];

const timestamps: Check = ({ whole: [, ...events] }) =>
  events.flatMap(({ number, timestampSeconds, lagSeconds }, index) => [
    (lagSeconds < LAG_SECONDS.least || lagSeconds > LAG_SECONDS.most) &&
      `${number}: ${lagSeconds} s before its line`,
    timestampSeconds < (events[index - 1]?.timestampSeconds ?? 0) && `${number}: its timestamp goes back`,
  ]);

/** Each word says its frame's number, and 2000 more in the lower module: halves of two numbers show. */
const pixels: Check = ({ whole, partial }) => [
  ...whole.map((event) => hasNotPixels(event, 1000 + event.number, 3000 + event.number)),
  ...partial.map(
    (event) =>
      hasNotPixels(event, 1000 + event.number, MISSING_WORD) &&
      hasNotPixels(event, 3000 + event.number, MISSING_WORD),
  ),
];

function hasNotPixels({ number, min, max }: Event, least: number, most: number): string | false {
  return (min !== least || max !== most) && `frame ${number} has pixels from ${min} to ${max}`;
}

const CHECKS: Readonly<Record<string, readonly Check[]>> = {
  short_acquisitions: [whole(40)],
  missed_run: [whole(100)],
  sent_twice: [
    whole(200),
    ({ counters: { duplicate } }) => [duplicate !== 1 && `${duplicate} duplicates, not 1`],
  ],
  numbers_differ: [
    whole(0),
    ({ warnedSeconds: seconds = Number.POSITIVE_INFINITY }) => [
      seconds > START_SECONDS + WARNING_SECONDS && `warned after ${seconds} s`,
    ],
  ],
  paused: [whole(20), timestamps],
  first_late: [whole(100), timestamps],
  clocks_apart: [whole(30), timestamps],
  one_module: [
    whole(0),
    // A second may pass until it is certain that the other does not come.
    ({ partial: { length } }) => [length < 140 && `${length} events of half a detector, not 140 of 200`],
    ({ partial }) => partial.map((event) => hasNotPixels(event, 1000 + event.number, MISSING_WORD)),
  ],
  from_zero: [
    whole(10),
    ({ whole }) => [whole.every(({ number }) => number !== 0) && "frame 0 is not among them"],
  ],
};

async function play(name: string, python: string, configuration: string): Promise<Played> {
  const port = await fixedPorts(2);
  const source = `tcp://127.0.0.1:${port},tcp://127.0.0.1:${port + 1}`;
  const args = [inPackage("dist", "src", "cli", "main.js"), "monitor", "--json", "-c", configuration, source];
  const monitor = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const events: Event[] = [];
  let counters: Played["counters"] = {};
  createInterface({ input: monitor.stdout }).on("line", (line) => {
    const { summary, event_id, timestamp, detector_data: frame } = JSON.parse(line);
    if (summary !== undefined) counters = summary;
    else
      events.push({
        ...{ number: Number(event_id), min: frame.min, max: frame.max, isWhole: !frame.incomplete },
        ...{ timestampSeconds: timestamp, lagSeconds: Date.now() / 1000 - timestamp },
      });
  });
  const log = createInterface({ input: monitor.stderr });
  await once(log, "line"); // it waits for the first frame
  const begin = performance.now();
  let warnedSeconds: number | undefined;
  log.on("line", (line) => {
    if (/sends frame \d+ while .* sends \d+/.test(line)) warnedSeconds ??= (performance.now() - begin) / 1000;
  });
  const sender = spawn(python, [SCRIPT, name, String(port)], { stdio: ["ignore", "ignore", "inherit"] });
  await ended(sender);
  monitor.kill("SIGINT");
  await ended(monitor);
  const [whole, partial] = [true, false].map((isWhole) =>
    events.filter((event) => event.isWhole === isWhole),
  );
  return { whole: whole ?? [], partial: partial ?? [], counters, warnedSeconds };
}

async function ended(child: ChildProcess): Promise<void> {
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${child.spawnargs.join(" ")} ended with ${code}`);
}

if (!existsSync(SCRIPT)) {
  console.log(`Nothing was played: ${SCRIPT} is not there.`);
  process.exit();
}
const python = pythonWith("zmq");
const folder = mkdtempSync(join(tmpdir(), "play-cases-"));
const configuration = join(folder, "monitor.yaml");
writeFileSync(configuration, CONFIGURATION);
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(CHECKS);

/** Play a case, and print what came of it. */
async function isAsItShouldBe(name: string): Promise<boolean> {
  const played = await play(name, python, configuration);
  const wrong = pixels(played).filter(Boolean);
  // No machine is busy enough for halves of two exposures.
  if (wrong.length > 0) process.exitCode = 1;
  const faults = [...wrong, ...(CHECKS[name] ?? []).flatMap((check) => check(played).filter(Boolean))];
  const { whole, partial, counters } = played;
  console.log(
    `${name}: ${whole.length} whole, ${partial.length} partial; ${faults.join("; ") || "as it should be"}`,
  );
  if (faults.length > 0) console.log(`  ${JSON.stringify(counters)}`);
  return faults.length === 0;
}

// One after the other: side by side they would disturb each other's times.
for (const name of names) {
  // Once more if need be: on a busy machine the case itself may be late.
  const isGood = (await isAsItShouldBe(name)) || (await isAsItShouldBe(name));
  if (!isGood) process.exitCode = 1;
}
rmSync(folder, { recursive: true });
