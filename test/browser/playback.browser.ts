import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { temporaryFolder } from "../helpers/constants-files.js";
import { LiveBrowserPage } from "../helpers/live-browser-page.js";
import { sharedBrowser, startMonitor } from "../helpers/live-detector.js";
import { writeRun } from "../helpers/raw-recordings.js";

/** The recording plays for longer than slow machines take to show the pages that pause it. */
const RATE_HZ = 0.5;

const openBrowser = sharedBrowser();

test.serial("a recording is paused, stepped through and sought, by all pages together", async (t) => {
  const folder = await temporaryFolder(t);
  const numbers = Array.from({ length: 40 }, (_, index) => ({ number: 101 + index }));
  const recording = await writeRun(folder, { frames: () => numbers });
  const configuration = join(folder, "monitor.yaml");
  await writeFile(
    configuration,
    `om: {data_retrieval_layer: Jungfrau1MZmqDataRetrieval}
data_retrieval_layer: {required_data: [event_id, detector_data], detector_calibration: false}
`,
  );
  const browser = await openBrowser(); // before the recording begins to play
  const { url } = await startMonitor(
    t,
    { configuration, source: recording },
    { more: ["--rate", String(RATE_HZ)] },
  );
  const live = await LiveBrowserPage.open(t, browser, url);
  const other = await LiveBrowserPage.open(t, browser, url);
  await live.imageAfter(undefined);

  await live.press("Pause recording");
  await other.page.getByRole("button", { name: "Play recording" }).waitFor();
  const slider = live.page.getByRole("slider", { name: "Exposure" });
  const shows = async (eventId: string) => {
    for (const page of [live, other]) {
      await page.when("event-id", (text) => text === eventId);
      await page.when("playback-position", (text) => text === `${Number(eventId) - 100} of 40`);
    }
  };
  await slider.fill("19");
  await shows("120");
  await live.press("Next exposure");
  await shows("121");
  await other.press("Previous exposure");
  await other.press("Previous exposure");
  await shows("119");
  await slider.press("ArrowRight");
  await shows("120");
  await live.page.waitForTimeout(3500); // nothing new is no fault while it is paused
  t.is(await live.page.getByText("No new frame").count(), 0);

  await live.pause(); // of this page's image alone
  await slider.press("End");
  await shows("140");
  t.true(await live.page.getByRole("button", { name: "Next exposure" }).isDisabled());
  t.is(await live.page.getByText("Paused", { exact: true }).count(), 0, "who steers sees where it goes");
  await live.press("Play recording");
  await other.when("event-id", (text) => Number(text) > 101 && Number(text) < 110);
  t.deepEqual([...live.complaints, ...other.complaints], []);
});
