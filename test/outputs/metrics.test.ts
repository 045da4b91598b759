import test from "ava";
import type { StreamState, StreamStatus } from "../../src/api/index.js";
import { zeroCounters } from "../../src/events/counters.js";
import { MonitorMetrics, STREAM_STATES } from "../../src/outputs/metrics.js";
import { FixedClock, RecordingLogger } from "../helpers/fakes.js";
import { ask } from "../helpers/http-requests.js";
import { watchedData } from "../helpers/watched.js";

/** Metrics of a stream whose status a test sets. */
class Fixture {
  readonly clock = new FixedClock();
  status: StreamStatus = { state: "waiting", message: "waiting for frames", counters: {} };
  readonly watched = watchedData(this.clock, { "roi.sum": 20 }, { healthz: true });
  readonly metrics = new MonitorMetrics({
    status: () => this.status,
    clock: this.clock,
    watched: this.watched,
  });

  count(counters: Record<string, number>): void {
    this.status = { state: "streaming", message: "streaming", counters };
  }

  /** An event that comes `seconds` after what was before. */
  event(seconds: number, latencySeconds = 0.003): void {
    this.clock.seconds += seconds;
    this.metrics.observe({ frameNumber: 1n, timestampSeconds: this.clock.seconds - latencySeconds });
  }

  /** Lines that begin with `prefix`, without it. */
  async lines(prefix: string): Promise<string[]> {
    const lines = (await this.metrics.text()).split("\n");
    return lines.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length));
  }

  async value(name: string): Promise<number | undefined> {
    const [value] = await this.lines(`${name} `);
    return value === undefined ? undefined : Number(value);
  }
}

test("counters are counters, with the status's numbers as of now", async (t) => {
  const fixture = new Fixture();
  t.deepEqual(await fixture.lines("om_jungfrau_paired"), []);
  fixture.count({ paired: 5, skipped: 0 });
  t.is(await fixture.value("om_jungfrau_paired_total"), 5);
  t.is(await fixture.value("om_jungfrau_skipped_total"), 0);
  fixture.count({ paired: 7, skipped: 2, wrong_constants: 1 });
  t.is(await fixture.value("om_jungfrau_paired_total"), 7);
  t.is(await fixture.value("om_jungfrau_paired_total"), 7);
  t.is(await fixture.value("om_jungfrau_skipped_total"), 2);
  t.deepEqual(await fixture.lines("# TYPE om_jungfrau_wrong_constants"), ["_total counter"]);
  t.deepEqual(await fixture.lines("# HELP om_jungfrau_paired_total "), [
    "Events: exposures for which the frames of all ports arrived.",
  ]);
});

test("what waits goes up and down: a gauge", async (t) => {
  const fixture = new Fixture();
  fixture.count({ waiting: 3 });
  t.is(await fixture.value("om_jungfrau_waiting"), 3);
  fixture.count({ waiting: 1 });
  t.is(await fixture.value("om_jungfrau_waiting"), 1);
  t.deepEqual(await fixture.lines("# TYPE om_jungfrau_waiting"), [" gauge"]);
});

test("drift goes below zero, a count of events does not; a source's name may stand in front", async (t) => {
  const fixture = new Fixture();
  fixture.count({ m0_pedestal_drift_adu: -3.5, detector_m1_worst_pedestal_drift_adu: 4, peaks: -1 });
  t.is(await fixture.value("om_jungfrau_m0_pedestal_drift_adu"), -3.5);
  t.is(await fixture.value("om_jungfrau_detector_m1_worst_pedestal_drift_adu"), 4);
  t.deepEqual(await fixture.lines("om_jungfrau_peaks"), []);
  t.deepEqual(await fixture.lines("# HELP om_jungfrau_detector_m1_worst_pedestal_drift_adu "), [
    "Drift of the pixel that is furthest from the dark file, up or down, in ADU.",
  ]);
});

test("every counter of the plugin says what it counts; another's is named", async (t) => {
  const fixture = new Fixture();
  const names = Object.keys(zeroCounters()).map((name) =>
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
  fixture.count(
    Object.fromEntries([...names, "waiting", "wrong_constants", "peaks"].map((name) => [name, 1])),
  );
  t.deepEqual(await fixture.lines("# HELP om_jungfrau_peaks_total "), ["The plugin's count 'peaks'."]);
  const generic = (await fixture.lines("# HELP om_jungfrau_")).filter((line) =>
    line.includes("plugin's count"),
  );
  t.is(generic.length, 1);
});

test("a count that is none is left out, and the others stay", async (t) => {
  const fixture = new Fixture();
  fixture.count({
    "not a name": 1,
    negative: -1,
    unknown: Number.NaN,
    endless: Number.POSITIVE_INFINITY,
    paired: 4,
  });
  t.is(await fixture.value("om_jungfrau_paired_total"), 4);
  t.notRegex(await fixture.metrics.text(), /not a name|negative|unknown|endless/);
});

test("one state is 1, the others are 0", async (t) => {
  const fixture = new Fixture();
  for (const state of [...STREAM_STATES, "a_state_to_come" as StreamState, "streaming" as const]) {
    fixture.status = { ...fixture.status, state };
    const expected = STREAM_STATES.map((one) => `"${one}"} ${one === state ? 1 : 0}`);
    if (!STREAM_STATES.includes(state)) expected.push(`"${state}"} 1`);
    t.deepEqual(await fixture.lines("om_jungfrau_state{state="), expected);
  }
});

test("lag and age of the newest event have no value before there is one", async (t) => {
  const fixture = new Fixture();
  t.is(await fixture.value("om_jungfrau_newest_event_lag_seconds"), undefined);
  t.is(await fixture.value("om_jungfrau_newest_event_age_seconds"), undefined);
  fixture.event(1, 0.25);
  fixture.event(1, 0.125);
  fixture.clock.seconds += 30;
  t.is(await fixture.value("om_jungfrau_newest_event_lag_seconds"), 0.125);
  t.is(await fixture.value("om_jungfrau_newest_event_age_seconds"), 30);
});

test("a recording has an age, and no lag", async (t) => {
  const fixture = new Fixture();
  fixture.status = { ...fixture.status, progress: { done: 1, total: 4, pass: 1 } };
  fixture.event(1, 1e8);
  t.is(await fixture.value("om_jungfrau_newest_event_lag_seconds"), undefined);
  t.is(await fixture.value("om_jungfrau_latency_seconds_count"), 0);
  t.is(await fixture.value("om_jungfrau_newest_event_age_seconds"), 0);
});

test("latencies fall into their buckets", async (t) => {
  const fixture = new Fixture();
  for (const latency of [0.0004, 0.003, 0.003, 4, 60]) fixture.event(0, latency);
  t.deepEqual(await fixture.lines("om_jungfrau_latency_seconds_bucket"), [
    '{le="0.0005"} 1',
    '{le="0.001"} 1',
    '{le="0.002"} 1',
    '{le="0.005"} 3',
    '{le="0.01"} 3',
    '{le="0.02"} 3',
    '{le="0.05"} 3',
    '{le="0.1"} 3',
    '{le="0.2"} 3',
    '{le="0.5"} 3',
    '{le="1"} 3',
    '{le="2"} 3',
    '{le="5"} 4',
    '{le="10"} 4',
    '{le="+Inf"} 5',
  ]);
  t.is(await fixture.value("om_jungfrau_latency_seconds_count"), 5);
});

test("a latency below nothing does not lower the sum, and one that is no number ends nothing", async (t) => {
  const fixture = new Fixture();
  fixture.event(0, 2);
  fixture.event(0, -1);
  t.is(await fixture.value("om_jungfrau_newest_event_lag_seconds"), -1);
  fixture.event(0, Number.NaN);
  t.is(await fixture.value("om_jungfrau_latency_seconds_sum"), 2);
  t.is(await fixture.value("om_jungfrau_latency_seconds_count"), 2);
});

test("events per second follow the last seconds, and fall to 0", async (t) => {
  const fixture = new Fixture();
  const rate = () => fixture.value("om_jungfrau_events_per_second");
  t.is(await rate(), 0);
  for (let event = 0; event < 1000; event++) fixture.event(0.01);
  const steady = (await rate()) ?? 0;
  t.true(Math.abs(steady - 100) < 1, String(steady));
  fixture.clock.seconds += 2;
  const falling = (await rate()) ?? 0;
  t.true(falling > 50 && falling < 70, String(falling));
  fixture.clock.seconds += 3;
  t.is(await rate(), 0);
  for (let event = 0; event < 100; event++) fixture.event(0.1);
  const slower = (await rate()) ?? 0;
  t.true(Math.abs(slower - 10) < 0.5, String(slower));
});

test("the process's own numbers are there, and two monitors do not meet", async (t) => {
  const [one, other] = [new Fixture(), new Fixture()];
  one.count({ paired: 1 });
  other.count({ paired: 2 });
  t.is(await one.value("om_jungfrau_paired_total"), 1);
  t.is(await other.value("om_jungfrau_paired_total"), 2);
  for (const name of [
    "process_resident_memory_bytes",
    "process_cpu_seconds_total",
    "nodejs_eventloop_lag_mean_seconds",
  ]) {
    t.not(await one.value(name), undefined, name);
  }
  t.is(one.metrics.contentType, "text/plain; version=0.0.4; charset=utf-8");
});

test("scrapes at the same time agree, and every line is as Prometheus reads it", async (t) => {
  const fixture = new Fixture();
  fixture.count({ paired: 9 });
  fixture.event(0);
  const texts = await Promise.all([fixture.metrics.text(), fixture.metrics.text()]);
  for (const text of texts) {
    t.true(text.endsWith("\n") && text.includes("\nom_jungfrau_paired_total 9\n"));
    const names = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);
    t.is(new Set(names).size, names.length);
    for (const line of text.split("\n")) {
      t.regex(line, /^$|^# HELP \S+ .|^# TYPE \S+ (counter|gauge|histogram)$|^[a-z0-9_]+(\{.+\})? (\S+)$/);
    }
  }
});

test("signals and alarms are metrics, by their names", async (t) => {
  const fixture = new Fixture();
  const { signals, alarms } = fixture.watched;
  const look = (data: Readonly<Record<string, unknown>>) => {
    signals.collect(data);
    alarms.look();
  };
  t.deepEqual(await fixture.lines("om_jungfrau_signal"), []);
  t.deepEqual(await fixture.lines("om_jungfrau_alarm"), [
    '{name="roi.sum_high"} 0',
    '_raised_total{name="roi.sum_high"} 0',
  ]);
  look({ roi: { sum: 17.5, mean: 2 }, lit: { hit: true } });
  look({ roi: { sum: 57.5, mean: null }, lit: { hit: false } });
  t.deepEqual(await fixture.lines("om_jungfrau_signal"), [
    '{name="roi.sum"} 57.5',
    '{name="lit.hit"} 0',
    '_share{name="lit.hit"} 0.5',
    '_events_total{name="lit.hit"} 2',
    '_true_events_total{name="lit.hit"} 1',
  ]);
  t.deepEqual(await fixture.lines("om_jungfrau_alarm"), [
    '{name="roi.sum_high"} 1',
    '_raised_total{name="roi.sum_high"} 1',
  ]);
});

test("a process without data sources has no signals", async (t) => {
  const metrics = new MonitorMetrics({
    status: () => ({ state: "streaming", message: "", counters: {} }),
    clock: new FixedClock(),
  });
  t.notRegex(await metrics.text(), /signal|alarm/);
});

test("an alarm makes /healthz answer 503 while it is raised", async (t) => {
  const fixture = new Fixture();
  fixture.count({ paired: 1 });
  const logger = new RecordingLogger();
  await fixture.metrics.serve("0", logger);
  t.teardown(() => fixture.metrics.close());
  const [, url = ""] = /health on (\S+)/.exec(logger.lines.join()) ?? [];
  t.is((await ask(url)).status, 200);
  fixture.watched.signals.collect({ roi: { sum: 21 } });
  fixture.watched.alarms.look();
  const { status, body } = await ask(url);
  t.is(status, 503);
  t.deepEqual(JSON.parse(body), {
    state: "alarm",
    message: "alarm roi.sum_high: roi.sum is 21, above 20; stream: streaming",
  });
});

test("names of metrics end as Prometheus's linter wants them", async (t) => {
  const fixture = new Fixture();
  fixture.count({ paired: 9 });
  fixture.event(0);
  const types = [...(await fixture.metrics.text()).matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  t.true(types.length > 30);
  for (const [line, name = "", type] of types) {
    t.is(name.endsWith("_total"), type === "counter", line);
    t.notRegex(name, /_(?:sum|count|bucket)$/, line);
  }
});
