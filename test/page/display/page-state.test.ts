import test from "ava";
import {
  FIRST_STATE,
  type PageAction,
  type PageState,
  pageState,
} from "../../../src/page/display/page-state.js";
import type { Hello, Report, Sample } from "../../../src/viewer/protocol.js";
import { IDENTITY } from "../../helpers/identity.js";
import { viewImage } from "../../helpers/view-images.js";

const sample = (time: number): Sample => ({
  time,
  eventsPerSecond: 1,
  detectedPerSecond: null,
  lagSeconds: 0,
  skipped: 0,
  partial: 0,
  unpaired: 0,
  incomplete: 0,
  badPixels: 0,
  signals: {},
});
const hello: Hello = {
  type: "hello",
  images: ["calibrated", "raw"],
  canResetPedestals: true,
  history: [sample(1)],
  identity: IDENTITY,
};
const report = (time: number, count: number): Report => ({
  type: "report",
  state: "streaming",
  message: "streaming",
  signals: [],
  profiles: [],
  alarms: [],
  warnings: [],
  counters: {},
  sample: sample(time),
  sequence: 1,
  badPixels: {},
  accumulation: { frames: 0, window: null },
  adcHistograms: { binWidth: 1, stages: [[count]] },
});
const image = viewImage({ shape: [1, 1], data: new Float32Array(1) });

const after = (...actions: PageAction[]): PageState => actions.reduce(pageState, FIRST_STATE);
const opened: PageAction = { type: "hello", hello, chosen: "raw", seconds: 2 };

test("a hello opens the page, with the monitor's own history", (t) => {
  const state = after(opened, { type: "report", report: report(2, 5), seconds: 3 });
  t.is(state.connection, "open");
  t.is(state.chosen, "raw");
  t.deepEqual(
    state.history.map(({ time }) => time),
    [1, 2],
  );
  t.is(state.backSinceSeconds, null);
});

test("the image stays when the monitor goes, and the page says when it is back", (t) => {
  const gone = after(opened, { type: "image", image, seconds: 4 }, { type: "gone" });
  t.is(gone.connection, "gone");
  t.is(gone.shown, image);
  t.is(gone.shownSinceSeconds, 4);
  const back = pageState(gone, { ...opened, seconds: 9 });
  t.is(back.backSinceSeconds, 9);
  t.is(back.quietSinceSeconds, 9);
  t.is(pageState(back, { type: "gone" }).backSinceSeconds, null);
  const refused = pageState(gone, { type: "refused" });
  t.is(refused.connection, "refused");
  t.is(refused.shown, image);
  t.is(pageState(refused, { ...opened, seconds: 9 }).backSinceSeconds, 9);
});

test("while paused histograms hold, and numbers go on", (t) => {
  const state = after(
    opened,
    { type: "report", report: report(2, 5), seconds: 3 },
    { type: "paused", isPaused: true, seconds: 3 },
    { type: "report", report: report(3, 99), seconds: 3 },
  );
  t.deepEqual(state.heldAdcHistograms?.stages, [[5]]);
  t.is(state.report?.sample.time, 3);
  t.is(state.history.length, 3);
});

test("a recording is where the monitor says, and is forgotten with the monitor", (t) => {
  const playing = (isPaused: boolean, seconds: number): PageAction => ({
    type: "playback",
    playback: { type: "playback", position: 3, total: 9, isPaused },
    seconds,
  });
  const state = after(opened, playing(true, 5));
  t.like(state.playback, { position: 3, isPaused: true });
  t.is(state.quietSinceSeconds, 2);
  const goesOn = pageState(state, playing(false, 60));
  t.is(goesOn.quietSinceSeconds, 60, "while it was paused there was nothing to wait for");
  t.is(pageState(goesOn, playing(false, 70)).quietSinceSeconds, 60);
  t.is(pageState(goesOn, opened).playback, null);
});

test("a page that was hidden or paused does not blame the stream for the time", (t) => {
  const state = after(opened, { type: "image", image, seconds: 4 });
  t.is(pageState(state, { type: "visible", seconds: 60 }).quietSinceSeconds, 60);
  t.is(pageState(state, { type: "paused", isPaused: false, seconds: 70 }).quietSinceSeconds, 70);
});
