import test from "ava";
import { checkPage } from "../../../src/cli/check/page.js";
import type { CheckReport, StreamReport } from "../../../src/cli/check/report.js";

/** What was found of a monitor that would start, without a source. */
function report(fields: Partial<CheckReport> = {}): CheckReport {
  return {
    would_start: true,
    checked_at: "2026-03-29T01:00:00.000Z",
    host: "daq01",
    version: "0.1.0",
    configuration: "/beamline/monitor.yaml",
    source: null,
    faults: [],
    warnings: [],
    unusual: [],
    data_retrieval: { name: "Retrieval", where: "monitor.yaml:2", plugin: { id: "diode", version: "1.0.0" } },
    data: null,
    stream: null,
    ...fields,
  };
}

/** A stream without problems, and the newest of its events. */
function streamWith(event: Readonly<Record<string, unknown>>): StreamReport {
  return {
    seconds: 3,
    state: "streaming",
    message: "streaming",
    problems: [],
    frame_rate_hz: 10,
    events: 30,
    lag_seconds: null,
    shares: null,
    end_messages_only: false,
    counters: {},
    inputs: [],
    progress: null,
    newest_event: event,
  };
}

test("of a source that does not describe itself the page says so, and blames no fault that is not there", (t) => {
  const data = { diode: {} };
  t.regex(checkPage(report({ data })), /^ {2}diode +not described by the plugin$/m);
  const faults = [{ code: "CONFIGURATION_MISSING_KEY", message: "a key is missing" }];
  const faulty = checkPage(report({ data, faults, would_start: false }));
  t.regex(faulty, /^ {2}diode +unknown; the faults above may be the reason$/m);
});

test("of a source that gives signals the page names them", (t) => {
  const data = { lit: { signals: ["lit", "hit"] } };
  t.regex(checkPage(report({ data })), /^ {2}lit +signals lit, hit$/m);
});

test("beside the newest timestamp stands its date", (t) => {
  const lineOf = (timestamp: unknown) => {
    const text = checkPage(report({ source: "tcp://a:1", stream: streamWith({ timestamp, event_id: "7" }) }));
    return /^ {2}last timestamp +(.*)$/m.exec(text)?.[1];
  };
  t.is(lineOf(1_700_000_000.25), "1700000000.25 (2023-11-14 22:13:20 UTC)");
  t.is(lineOf(0), "0 (1970-01-01 00:00:00 UTC)");
  for (const noTime of [1e300, null, "soon"]) t.is(lineOf(noTime), String(noTime));
});
