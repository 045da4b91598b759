import test from "ava";
import { type ConditionInput, conditionOf } from "../../../src/page/display/condition.js";

const WELL: ConditionInput = {
  connection: "open",
  report: { state: "stalled", message: "stalled: no data from tcp://a:1 for 6 s" },
  imageAgeSeconds: 0.1,
  isLive: true,
  isBehind: false,
  quietSeconds: 0.1,
};

test("fresh images need no word", (t) => {
  t.is(conditionOf(WELL).kind, "well");
  t.is(conditionOf({ ...WELL, quietSeconds: 3 }).kind, "well");
});

test("says for how long nothing has come, and why", (t) => {
  t.deepEqual(conditionOf({ ...WELL, quietSeconds: 7.9 }), {
    kind: "quiet",
    title: "No new frame for 7 s",
    detail: "stalled: no data from tcp://a:1 for 6 s",
  });
  t.is(conditionOf({ ...WELL, quietSeconds: 7.9, isLive: false }).kind, "well");
});

test("a page that has not shown the newest frame is slow; the stream is not quiet", (t) => {
  t.is(conditionOf({ ...WELL, quietSeconds: 7.9, isBehind: true }).kind, "well");
});

test("says that there was no frame yet", (t) => {
  const condition = conditionOf({ ...WELL, imageAgeSeconds: null, quietSeconds: 60 });
  t.is(condition.kind, "noFrame");
  t.is(condition.detail, "stalled: no data from tcp://a:1 for 6 s");
});

test("says plainly that the monitor is gone, also while paused", (t) => {
  for (const isLive of [true, false]) {
    const condition = conditionOf({ ...WELL, connection: "gone", isLive, imageAgeSeconds: 12.6 });
    t.is(condition.title, "The monitor is gone");
    t.regex(condition.detail, /^Last frame 12 s ago\./);
  }
  t.regex(
    conditionOf({ ...WELL, connection: "gone", imageAgeSeconds: null }).detail,
    /^No frame has arrived\./,
  );
});

test("connecting is not gone", (t) => {
  t.is(conditionOf({ ...WELL, connection: "connecting", imageAgeSeconds: null }).kind, "connecting");
});

test("a monitor that refuses the page's token is not gone, and says what to open", (t) => {
  for (const imageAgeSeconds of [null, 12.6]) {
    const { kind, title, detail } = conditionOf({ ...WELL, connection: "refused", imageAgeSeconds });
    t.is(kind, "refused");
    t.is(`${title} ${detail}`, "The monitor requires another token: open the address that its log shows.");
  }
});
