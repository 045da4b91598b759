import test from "ava";
import { ageText, baseName, pageTitle, timeText } from "../../../src/page/display/identity-text.js";
import { IDENTITY } from "../../helpers/identity.js";

const NOON = new Date(2026, 10, 27, 12, 5, 9, 45).getTime() / 1000;

test("an age is as long as one would say", (t) => {
  const ages = [0, 61, 7199, 47.9 * 3600, 48 * 3600, 1e7].map(ageText);
  t.deepEqual(ages, ["under 1 min", "1 min", "1 h", "47 h", "2 days", "115 days"]);
});

test("a time is that of whoever looks", (t) => {
  t.is(timeText(NOON), "2026-11-27 12:05:09.045");
  t.is(timeText(Number.NaN), "unknown");
});

test("a name is the last part of a path", (t) => {
  t.deepEqual(["/a/b.yaml", "C:\\a\\b.yaml", "b.yaml"].map(baseName), ["b.yaml", "b.yaml", "b.yaml"]);
});

test("the title names the monitor, and when the shown frame was taken", (t) => {
  t.is(pageTitle(null, null, null), "JUNGFRAU live view");
  t.is(
    pageTitle(IDENTITY, { timestampSeconds: NOON }, 1_700_007_300),
    "12:05:09 · beamline-1 · monitor.yaml · 12.4 keV · constants 2 h old · tcp://127.0.0.1:30001,tcp://127.0.0.1:30002 – JUNGFRAU",
  );
  t.is(
    pageTitle({ ...IDENTITY, constants: [], photonEnergyKeV: null }, null, 1_700_007_300),
    "beamline-1 · monitor.yaml · tcp://127.0.0.1:30001,tcp://127.0.0.1:30002 – JUNGFRAU",
  );
});
