import { readdir, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import test from "ava";
import { LiveBrowserPage } from "../helpers/live-browser-page.js";
import { sharedLiveDetector } from "../helpers/live-detector.js";

const HOUR_MS = 3_600_000;

const { start, openLiveDetector } = sharedLiveDetector({
  /** The constants files get an age that is the same however long the tests take. */
  async change(configuration, folder) {
    const taken = new Date(Date.now() - 3.5 * HOUR_MS);
    for (const name of await readdir(folder))
      if (/^(?:dark|gain)/.test(name)) await utimes(join(folder, name), taken, taken);
    return configuration;
  },
});

test.serial("the page says which monitor it shows, in its title too", async (t) => {
  const { live, source } = await openLiveDetector(t);
  await live.pause();
  const text = (await live.text("identity")).replaceAll(/\s+/g, " ");
  for (const part of [hostname(), "view.yaml", source, "Photon energy 12.4 keV"])
    t.true(text.includes(part), text);
  t.regex(text, /Frame time \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} Constants \S+, 3 h old/);
  const title = await live.page.title();
  t.regex(title, /^\d\d:\d\d:\d\d · /);
  t.true(title.includes(`${hostname()} · view.yaml · 12.4 keV · constants 3 h old · ${source}`), title);
});

test.serial("a reload and a link show the same: image, scale, limits, zoom, pixel", async (t) => {
  const { live, browser } = await openLiveDetector(t);
  const { page } = live;
  await live.choose("Maximum");
  await page.getByText(/^maximum of /).waitFor();
  await live.pause();
  await page.keyboard.press("l"); // from symlog to sqrt
  await page.getByRole("button", { name: "Invert" }).click();
  await page.getByRole("slider", { name: "Change max limit" }).press("ArrowLeft");
  const shownMax = await page.getByLabel(/^Max: /).innerText();
  await live.read(100, 200);
  const box = await page.getByTestId("image").locator("canvas").first().boundingBox();
  if (box === null) throw new Error("there is no canvas");
  await page.mouse.move(box.x + 0.3 * box.width, box.y + 0.6 * box.height);
  await page.mouse.wheel(0, -400);
  await page.mouse.move(5, 5);
  const ticks = (where = page) => where.getByTestId("image").locator("svg text").allInnerTexts();
  await live.until(() => page.url().includes("zoom="));
  const [zoomed, address] = await live.steady(
    async () => [await ticks(), page.url()] as const,
    500, // the address follows a little later
  );
  t.regex(address, /image=maximum/);
  t.regex(address, /scale=sqrt/);
  t.regex(address, /pixel=100,200/);

  const showsTheSame = async (again: LiveBrowserPage) => {
    const { page: where } = again;
    await where.getByText(/^maximum of /).waitFor();
    await again.pause();
    let shown: string[] = [];
    await again.until(
      async () => {
        shown = await ticks(where);
        return isDeepStrictEqual(shown, zoomed);
      },
      () => ({ shown, zoomed }),
    );
    t.is(await where.getByLabel(/^Max: /).innerText(), shownMax);
    t.is(await where.getByRole("button", { name: "Invert" }).getAttribute("aria-pressed"), "true");
    t.true((await where.getByTestId("pinned-readout").innerText()).startsWith("row 100, column 200: "));
    t.is(where.url(), address);
  };
  await page.reload();
  await showsTheSame(live);
  await showsTheSame(await LiveBrowserPage.open(t, browser, address));
  t.deepEqual(live.complaints, []);
});

const RUBBISH =
  "colorMap=constructor&scale=__proto__&zoom=1,2,0,NaN&region=9,1,0,0&line=99999,0,0,1&pixel=5000,5000&orientation=45" +
  "&limits-calibrated=x&image=cat&rings=1&distance=-1&energy=0&beam-row=abc&beam-column=1e400&inverted&%E0%A4%A&&=";

test.serial("an address with rubbish in it shows the image all the same", async (t) => {
  const { browser, url } = await start();
  const live = await LiveBrowserPage.open(t, browser, `${url}#${RUBBISH}`);
  await live.imageAfter(undefined);
  await live.page.getByText("Enter the missing values to show the rings.").waitFor();
  await live.page.getByText("The line is not within this image.").waitFor();
  t.is(await live.text("pinned-readout"), "");
  t.deepEqual(live.complaints, []);
});
