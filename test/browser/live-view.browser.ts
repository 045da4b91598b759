import { readFile } from "node:fs/promises";
import test from "ava";
import { LiveBrowserPage } from "../helpers/live-browser-page.js";
import { sharedLiveDetector, startDetector, startMonitor } from "../helpers/live-detector.js";
import { fixedPorts } from "../helpers/ports.js";

interface Spot {
  readonly row: number;
  readonly column: number;
  readonly photons: number;
  readonly stage: 0 | 1 | 2;
}

/** How far a spot's value may be off, in photons, by its gain stage. */
const TOLERANCE_PHOTONS = [0.5, 0.75, 6] as const;

const { start, openLiveDetector } = sharedLiveDetector({
  monitor: (folder) => ["--keep", "3", "--keep-folder", folder],
});

/** The spots that the scene put into the event with this number. */
async function spotsOf(folder: string, eventId: string): Promise<Spot[]> {
  const images: Spot[][] = JSON.parse(await readFile(`${folder}/spots.json`, "utf8"));
  return images[(Number(eventId) - 1) % images.length] ?? [];
}

test.serial("spots are at the coordinates and with the values that the scene gave them", async (t) => {
  const { live, folder, url } = await openLiveDetector(t);
  await live.pause();
  const eventId = await live.text("event-id");
  const spots = await spotsOf(folder, eventId);
  t.true(spots.length > 5);
  t.true(new Set(spots.map(({ stage }) => stage)).size > 1);
  for (const { row, column, photons, stage } of spots) {
    const { value, status } = await live.read(row, column);
    t.is(status, "good");
    const [number = "", unit] = value.split(" ");
    t.is(unit, "photons");
    const measured = Number(number.replaceAll(",", ""));
    t.true(
      Math.abs(measured - photons) <= TOLERANCE_PHOTONS[stage] + 0.05,
      `${value}, not ${photons} at ${row}, ${column}`,
    );
  }

  await live.choose("Raw");
  const [first] = spots;
  await live.until(async () => /ADU/.test((await live.read(first?.row ?? 0, first?.column ?? 0)).value));
  const rawId = await live.text("event-id"); // of the same event, or of a newer one
  for (const { row, column, stage } of (await spotsOf(folder, rawId)).slice(0, 5)) {
    t.regex((await live.read(row, column)).value, new RegExp(`^\\d+ \\(G${stage}, \\d+ ADU\\)$`));
  }
  t.deepEqual(live.complaints, []);
  t.deepEqual([...live.hosts], [new URL(url).host], "nothing is loaded from elsewhere");
});

test.serial("the pointer reads the pixel that is under it, and what is saved is what is shown", async (t) => {
  const { live, folder } = await openLiveDetector(t);
  await live.pause();
  const eventId = await live.text("event-id");
  const { name, content } = await live.save("Save npy");
  t.is(name, `jungfrau-calibrated-${eventId}.npy`);
  t.is(content.length, 128 + 4 * 1024 * 1024);
  const pixel = (row: number, column: number) => content.readFloatLE(128 + 4 * (row * 1024 + column));
  for (const { row, column, photons, stage } of await spotsOf(folder, eventId)) {
    t.true(Math.abs(pixel(row, column) - photons) <= TOLERANCE_PHOTONS[stage]);
  }

  const box = await live.page.getByTestId("image").locator("canvas").first().boundingBox();
  if (box === null) throw new Error("there is no canvas");
  const places: [number, number][] = [];
  for (const [x, y] of [
    [0.45, 0.35],
    [0.5, 0.6],
  ] as const) {
    await live.page.mouse.move(box.x + x * box.width, box.y + y * box.height);
    const said = await live.when(
      "readout",
      (text) => /^row \d/.test(text) && !places.some((place) => text.includes(`row ${place[0]},`)),
    );
    const [, row = 0, column = 0, value = ""] =
      /^row (\d+), column (\d+): (\S+) photons, /.exec(said)?.map(String) ?? [];
    t.true(
      Math.abs(Number(value) - pixel(Number(row), Number(column))) <
        1e-3 * Math.max(1, Math.abs(Number(value))),
      said,
    );
    places.push([Number(row), Number(column)]);
  }
  const [above, below] = places as [[number, number], [number, number]];
  t.true(above[0] < below[0] && above[1] < below[1], "row 0 is at the top, column 0 on the left");

  const picture = await live.save("Save PNG");
  t.is(picture.name, `jungfrau-calibrated-${eventId}.png`);
  t.deepEqual([picture.content.readUInt32BE(16), picture.content.readUInt32BE(20)], [1188, 1104]);
  t.deepEqual(live.complaints, []);
});

test.serial("pause holds the image while the numbers go on, and a step shows one more", async (t) => {
  const { live } = await openLiveDetector(t);
  await live.page.getByText("All counters since the start").click();
  await live.page.getByTestId("event-id").click(); // the keys are the page's again
  await live.page.keyboard.press("Space");
  await live.page.getByText("Paused", { exact: true }).waitFor();
  const held = await live.text("event-id");
  const delivered = async () => Number((await live.text("counter-delivered")).replaceAll(",", ""));
  const before = await delivered();
  await live.until(async () => (await delivered()) >= before + 15);
  t.is(await live.text("event-id"), held);

  await live.page.keyboard.press(".");
  const next = await live.imageAfter(held);
  t.true(Number(next) > Number(held) + 10, "the newest, not the next in line");
  const after = await delivered();
  await live.until(async () => (await delivered()) >= after + 5);
  t.is(await live.text("event-id"), next);

  await live.page.keyboard.press("Space");
  await live.imageAfter(next);
  t.deepEqual(live.complaints, []);
});

test.serial("each control does what it says", async (t) => {
  const { live } = await openLiveDetector(t);
  const { page } = live;
  await live.pause();
  await page.mouse.move(5, 5);
  let last = await live.picture();
  /** The picture is another one than before. */
  const changes = async (what: string, act: () => Promise<unknown>) => {
    await act();
    const before = last;
    last = await live.pictureThat((now) => !now.equals(before), `${what}: the picture stays as it was`);
    t.pass(what);
  };
  await changes("scale", () => page.keyboard.press("l"));
  await changes("scale again", () => page.keyboard.press("l"));
  await changes("inverted colours", () => page.getByRole("button", { name: "Invert" }).click());
  await changes("another colour map", async () => {
    await page
      .getByRole("combobox", { name: /Viridis|Color map/i })
      .first()
      .click();
    await page.getByRole("option", { name: "Inferno" }).first().click();
  });
  await changes("aspect", () => page.getByRole("button", { name: "Equal aspect" }).click());
  await changes("aspect back", () => page.getByRole("button", { name: "Equal aspect" }).click());
  await changes("colour of bad pixels", () => page.getByLabel("Colour of bad pixels").fill("#00ff00"));
  const box = await page.getByTestId("image").locator("canvas").first().boundingBox();
  if (box === null) throw new Error("there is no canvas");
  await changes("zoom", async () => {
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.wheel(0, -600);
    await page.mouse.move(5, 5);
  });
  await changes("pan", async () => {
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 + 120, box.y + box.height / 2 + 60, { steps: 5 });
    await page.mouse.up();
    await page.mouse.move(5, 5);
  });
  await changes("the whole again", () => page.keyboard.press("r"));
  await changes("theme", () => page.keyboard.press("t"));

  const byItself = await live.steadyPicture();
  last = byItself;
  const autoscale = page.getByRole("button", { name: "Autoscale" });
  t.is(await autoscale.getAttribute("aria-pressed"), "true");
  const shownMax = () => page.getByLabel(/^Max: /).innerText();
  const ownMax = await shownMax();
  await changes("domain by the slider", () =>
    page.getByRole("slider", { name: "Change max limit" }).press("ArrowLeft"),
  );
  t.not(await shownMax(), ownMax);
  await changes("typed bounds", async () => {
    await page.getByRole("button", { name: "Edit domain" }).click();
    const editor = page.getByRole("dialog", { name: "Edit domain" });
    for (const [bound, value] of [
      ["min", "2"],
      ["max", "50"],
    ] as const) {
      const input = editor.getByRole("textbox", { name: bound });
      await input.fill(value);
      await input.press("Enter");
    }
    await page.mouse.move(5, 5);
    await editor.waitFor({ state: "hidden" });
  });
  for (const bound of ["Min: 2", "Max: 50"])
    t.true(await page.getByLabel(bound, { exact: true }).isVisible());
  t.is(await autoscale.getAttribute("aria-pressed"), "false");
  await changes("the image's own domain again", () => page.keyboard.press("a"));
  t.is(await autoscale.getAttribute("aria-pressed"), "true");
  await live.pictureThat((now) => now.equals(byItself), "another picture than before the domain was chosen");

  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  t.deepEqual(live.complaints, []);
});

test.serial("the sum begins again when it is reset, and is of as many frames as were chosen", async (t) => {
  const { live } = await openLiveDetector(t);
  const { page } = live;
  await page.keyboard.press("3");
  await page.getByText(/^sum of /).waitFor();
  await live.pause();
  await live.press("Pause"); // no longer
  const frames = async () => Number((await live.text("accumulated-frames")).replaceAll(",", ""));
  await live.until(async () => (await frames()) >= 20);
  const resetAt = Number(await live.text("event-id"));
  await live.press("Reset");
  // A slow page shows few of the images: what counts is how many there were since.
  await live.until(async () => {
    const [count = 0, eventId = 0] = await live.numbers("accumulated-frames", "event-id");
    return count < eventId - resetAt + 10;
  });

  await live.until(async () => (await frames()) >= 20);
  await page.getByLabel("Frames in sum and maximum").selectOption("last 10 frames");
  await live.when("accumulated-frames", (text) => Number(text) <= 13);
  const chosenAt = Number(await live.text("event-id"));
  const inWindow = new Set<number>();
  await live.until(async () => {
    inWindow.add(await frames());
    return Number(await live.text("event-id")) >= chosenAt + 30;
  });
  t.deepEqual(
    [...inWindow].filter((count) => count > 13),
    [],
  );
  // A slow page does not show every frame.
  t.true(Math.max(...inWindow) >= 10, [...inWindow].join(", "));
  await page.getByRole("img", { name: /ADC/ }).waitFor();
  t.deepEqual(live.complaints, []);
});

test.serial("a monitor that is gone is missed at once, and taken up again when it is back", async (t) => {
  const { browser, ...detector } = await start();
  const { monitor, url } = await startMonitor(t, detector);
  const live = await LiveBrowserPage.open(t, browser, url);
  await live.imageAfter(undefined);
  t.is(await live.text("condition"), "");
  await live.page.getByTestId("binning").waitFor();
  await monitor.kill();
  await live.when("condition", (text) => text.includes("The monitor is gone"));
  const last = await live.text("event-id");
  // A part of the pixels is not saved, and no later image in its place.
  let downloads = 0;
  live.page.on("download", () => downloads++);
  const save = live.page.getByRole("button", { name: "Save npy", exact: true });
  t.true(await save.isDisabled());
  t.regex((await save.getAttribute("title")) ?? "", /does not have every pixel/);
  await live.page.keyboard.press("n");
  await startMonitor(t, detector, { view: new URL(url).port });
  await live.when("condition", (text) => text === "");
  await live.imageAfter(last);
  t.is(downloads, 0);
  await live.save("Save npy");
  t.is(downloads, 1);
});

test.serial("a monitor that is back with another token says where to get it", async (t) => {
  const { browser, ...detector } = await start();
  const port = await fixedPorts(1);
  const view = `0.0.0.0:${port}`;
  const first = await startMonitor(t, detector, { view });
  const { search } = new URL(first.url);
  t.regex(search, /^\?token=\S+/);
  const live = await LiveBrowserPage.open(t, browser, `http://127.0.0.1:${port}/${search}`);
  await live.imageAfter(undefined);
  await first.monitor.kill();
  await live.when("condition", (text) => text.includes("The monitor is gone"));
  const again = await startMonitor(t, detector, { view });
  t.not(new URL(again.url).search, search);
  const said = await live.when("condition", (text) => text.includes("token"));
  t.is(
    said.replaceAll(/\s+/g, " "),
    "The monitor requires another token: open the address that its log shows.",
  );
  await again.monitor.kill();
  await live.when("condition", (text) => text.includes("The monitor is gone"));
});

test.serial("a detector that stops is said to be stalled, in words, over the image", async (t) => {
  const { browser } = await start();
  const detector = await startDetector(t);
  const { url } = await startMonitor(t, detector);
  const live = await LiveBrowserPage.open(t, browser, url);
  await live.imageAfter(undefined);
  await live.when("stream-state", (text) => text.startsWith("Streaming"));
  await detector.simulator.kill();
  await live.when("condition", (text) => /No new frame for \d+ s/.test(text));
  t.regex(await live.when("stream-state", (text) => text.startsWith("Stalled")), /no data from tcp:\/\/127/);
});

test.serial("a monitor of a detector has no bar for a recording", async (t) => {
  const { live } = await openLiveDetector(t);
  t.is(await live.page.getByRole("slider", { name: "Exposure" }).count(), 0);
  t.deepEqual(live.complaints, []);
});

for (const colorScheme of ["light", "dark"] as const) {
  test.serial(`a narrow window in ${colorScheme} has all of it, and nothing to the side`, async (t) => {
    const { live } = await openLiveDetector(t, { viewport: { width: 360, height: 800 }, colorScheme });
    await live.pause();
    const width = await live.page.evaluate("document.documentElement.scrollWidth");
    t.is(width, 360);
    for (const name of [
      "Pause",
      "Step",
      "Save PNG",
      "Save npy",
      "Save HDF5",
      "Region",
      "Line",
      "Rings",
      "Rotate",
      "Mirror",
      "Help",
      "Reset",
    ]) {
      const box = await live.page.getByRole("button", { name, exact: true }).boundingBox();
      t.true(box !== null && box.x >= 0 && box.x + box.width <= 360, name);
    }
    const background = String(await live.page.evaluate("getComputedStyle(document.body).backgroundColor"));
    const [red = 0] = (background.match(/\d+/g) ?? []).map(Number);
    t.is(red > 127, colorScheme === "light", background);
    t.deepEqual(live.complaints, []);
  });
}

test.serial("it can be worked with the keyboard alone", async (t) => {
  const { live } = await openLiveDetector(t);
  await live.page.keyboard.press("Space"); // pages that draw answer late
  await live.page.getByText("Paused", { exact: true }).waitFor();
  const reached = new Set<string>();
  for (let tabs = 0; tabs < 40; tabs++) {
    await live.page.keyboard.press("Tab");
    reached.add(
      String(
        await live.page.evaluate(
          "document.activeElement.ariaLabel ?? document.activeElement.innerText ?? document.activeElement.tagName",
        ),
      ).trim(),
    );
  }
  for (const name of ["Pause", "Step", "Save PNG", "Save npy", "Autoscale", "Reset"]) {
    t.true(
      [...reached].some((text) => text.includes(name)),
      `${name} is not among ${[...reached].join(", ")}`,
    );
  }
});

test.serial("raw frames that the monitor keeps are saved by a button", async (t) => {
  const { live, monitor, folder } = await openLiveDetector(t);
  for (const _ of [1, 2, 3]) await monitor.nextLine((line) => line.includes("event_id"));
  await live.press("Save frames");
  await live.page.getByRole("button", { name: "Saved 3" }).waitFor();
  t.is(
    await live.page.getByRole("button", { name: "Saved 3" }).getAttribute("title"),
    `${folder}/kept_master_0.json`,
  );
  const master = JSON.parse(await readFile(`${folder}/kept_master_0.json`, "utf8"));
  t.is(master["Frames in File"], 3);
  t.deepEqual(live.complaints, []);
});
