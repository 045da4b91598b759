import test from "ava";
import type { DataSourceDescription } from "../../src/api/index.js";
import { alarmsFor, configuredAlarms } from "../../src/host/alarm-settings.js";
import { Alarms, healthOf } from "../../src/host/index.js";
import { FixedClock, parametersOf, RecordingLogger } from "../helpers/fakes.js";
import { codesAndMessages } from "../helpers/faults.js";

/** An alarm on the signal `s`, whose value a test sets. */
class Fixture {
  readonly clock = new FixedClock();
  readonly logger = new RecordingLogger();
  value: number | null | undefined = 0;
  readonly alarms: Alarms;

  constructor(limits: string) {
    const settings = configuredAlarms(parametersOf(`alarms: {a: {signal: s, ${limits}}}`));
    this.alarms = new Alarms(settings, () => this.value, this.clock, this.logger);
  }

  /** Look after some seconds. @returns whether the alarm is raised */
  look(value: number | null, afterSeconds = 0): boolean {
    this.clock.seconds += afterSeconds;
    this.value = value;
    this.alarms.look();
    return this.alarms.raised.length === 1;
  }
}

test("an alarm is raised at once, and over when its signal has been back for two seconds", (t) => {
  const fixture = new Fixture("above: 20");
  t.false(fixture.look(20));
  t.true(fixture.look(57.25, 1));
  t.deepEqual(fixture.alarms.raised, [
    { name: "a", message: "s is 57.25, above 20", sinceSeconds: fixture.clock.seconds, healthz: false },
  ]);
  t.true(fixture.look(3, 1));
  t.true(fixture.look(3, 1.5));
  t.true(fixture.look(30, 0.1), "it flickers");
  t.true(fixture.look(3, 1));
  t.is(fixture.alarms.raised[0]?.message, "s is 30, above 20", "what it was raised for");
  t.false(fixture.look(2, 2));
  t.deepEqual(fixture.alarms.counts, { a: 1 });
  t.deepEqual(fixture.logger.lines, ["warn Alarm a: s is 57.25, above 20", "info Alarm a is over: s is 2"]);
});

test("an alarm with for_seconds is raised only without a break", (t) => {
  const fixture = new Fixture("below: 0.5, for_seconds: 3");
  t.false(fixture.look(0));
  t.false(fixture.look(0, 2.9));
  t.false(fixture.look(1, 0.05));
  t.false(fixture.look(0.4, 0.05));
  t.false(fixture.look(0.4, 2.9));
  t.true(fixture.look(0.4, 0.2));
  t.is(fixture.alarms.raised[0]?.message, "s is 0.4, below 0.5");
});

test("without a value, an alarm stays as it is", (t) => {
  const fixture = new Fixture("above: 20, for_seconds: 1");
  t.false(fixture.look(30));
  t.false(fixture.look(null, 1));
  t.false(fixture.look(30, 1), "it begins again");
  t.true(fixture.look(30, 1));
  t.true(fixture.look(null, 100));
  t.true(fixture.look(1, 1));
  t.false(fixture.look(1, 2));
});

test("an alarm on what its source does not give is warned of, once", (t) => {
  const fixture = new Fixture("above: 20");
  fixture.value = undefined;
  fixture.alarms.warnOfUnknown({});
  fixture.alarms.warnOfUnknown({ s: null });
  t.deepEqual(fixture.logger.lines, []);
  fixture.alarms.warnOfUnknown({ s: "text" });
  fixture.alarms.warnOfUnknown({ s: "text" });
  t.deepEqual(fixture.logger.lines, ["warn Alarm a is never raised: 's' has no signal 's'."]);
});

test("only alarms that are asked to are a matter of health", (t) => {
  const stream = { state: "streaming", message: "streaming" };
  const raised = { name: "a", message: "s is 3, above 2", sinceSeconds: 0 };
  t.is(healthOf(stream, [{ ...raised, healthz: false }]), stream);
  t.deepEqual(healthOf(stream, [{ ...raised, healthz: true }]), {
    state: "alarm",
    message: "alarm a: s is 3, above 2; stream: streaming",
  });
});

const DATA: Readonly<Record<string, DataSourceDescription>> = {
  saturation: {
    signals: ["g1", "near_limit"],
    alarms: [{ signal: "near_limit", above: 20, advice: "Close the shutter." }],
  },
  diode: {},
};
const alarmsOf = (alarms: string) => {
  const parameters = parametersOf(`om: {}\nalarms: ${alarms}`);
  return alarmsFor(configuredAlarms(parameters), DATA, parameters);
};

test("a source's own alarm is there without a word, unless one on its signal is configured", (t) => {
  const usual = { above: undefined, below: undefined, forSeconds: 0, healthz: false, advice: "" };
  const own = {
    ...usual,
    name: "saturation.near_limit",
    signal: "saturation.near_limit",
    above: 20,
    advice: "Close the shutter.",
  };
  t.deepEqual(alarmsOf("{}"), [own]);
  t.deepEqual(alarmsOf("{dark: {signal: diode, below: 1, healthz: yes}}"), [
    { ...usual, name: "dark", signal: "diode", below: 1, healthz: true },
    own,
  ]);
  t.deepEqual(
    alarmsOf("{dim: {signal: saturation.near_limit, below: 1}}").map(({ name }) => name),
    ["dim", "saturation.near_limit"],
    "one on the other end does not replace it",
  );
  t.deepEqual(alarmsOf("{bright: {signal: saturation.near_limit, above: 50, for_seconds: 2}}"), [
    { ...own, name: "bright", above: 50, forSeconds: 2 },
  ]);
});

const WRONG: readonly (readonly [alarm: string, message: string | RegExp])[] = [
  ["{signal: diode}", "has no limit. Write above or below, such as {signal: lit.lit, above: 20}."],
  ["", "has no limit. Write above or below, such as {signal: lit.lit, above: 20}."],
  ["{above: 5}", "has no 'signal'. Add it."],
  ["{signal: diode, above: 5, below: 7}", /^is raised by any value: below is 7, and above 5\. Swap/],
  [
    "{signal: diode, abov: 5}",
    /^has a key 'abov'\. Known keys: signal, above, below, for_seconds and healthz/,
  ],
  [
    "{signal: diode, above: high}",
    ".above is 'high'. Write a number, -1000000000000000 to 1000000000000000.",
  ],
  ["{signal: diode, above: .nan}", /^\.above is NaN\./],
  ["{signal: diode, above: 1, healthz: maybe}", ".healthz is 'maybe'. Write true or false."],
  ["{signal: 5, above: 1}", ".signal is 5. Write text."],
  ["{signal: diode, above: 1, for_seconds: -1}", /^\.for_seconds is -1\. Write a number, 0 to 86400\./],
  [
    "{signal: saturation.near_limt, above: 1}",
    "watches 'saturation.near_limt', which no data source provides. Known signals: frames_per_second, lag_seconds, " +
      "missed_per_second, saturation.g1, saturation.near_limit, diode. Did you mean 'saturation.near_limit'? Other data has " +
      "to be in required_data.",
  ],
  ["{signal: roi.sum, above: 1}", /^watches 'roi\.sum', which no data source provides\./],
];
for (const [alarm, message] of WRONG) {
  test(`an alarm that is {${alarm}} is refused`, async (t) => {
    const faults = await codesAndMessages((async () => alarmsOf(`\n  first: ${alarm}`))());
    t.is(faults.length, 1);
    const [, place = "", what = ""] =
      /^(monitor\.yaml:3: alarms\.first) ?(.*)$/.exec(faults[0]?.[1] ?? "") ?? [];
    t.is(place, "monitor.yaml:3: alarms.first");
    if (typeof message === "string") t.is(what, message);
    else t.regex(what, message);
  });
}

test("all faults of all alarms are reported together", async (t) => {
  const faults = await codesAndMessages((async () => alarmsOf("{a: {signal: x}, b: 5, c: {above: 1}}"))());
  t.deepEqual(
    faults.map(([code]) => code),
    ["CONFIGURATION_BAD_VALUE", "CONFIGURATION_WRONG_TYPE", "CONFIGURATION_BAD_VALUE"],
  );
});

test("an alarm may watch any signal of a source that does not describe its signals", (t) => {
  t.is(alarmsOf("{a: {signal: diode.left, above: 1}, b: {signal: lag_seconds, above: 1}}").length, 3);
});
