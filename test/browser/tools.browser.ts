import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import type { LiveBrowserPage } from "../helpers/live-browser-page.js";
import { sharedLiveDetector } from "../helpers/live-detector.js";

const { openLiveDetector } = sharedLiveDetector();

interface Spot {
  readonly row: number;
  readonly column: number;
  readonly photons: number;
  readonly stage: 0 | 1 | 2;
}

const COLUMNS = 1024;
/** How far a spot's value may be off, in photons, by its gain stage. */
const TOLERANCE_PHOTONS = [0.6, 0.8, 6] as const;

/** The spots that the scene put into the shown frame. */
async function spotsOf(folder: string, live: LiveBrowserPage): Promise<Spot[]> {
  const images: Spot[][] = JSON.parse(await readFile(join(folder, "spots.json"), "utf8"));
  return images[(Number(await live.text("event-id")) - 1) % images.length] ?? [];
}

/** Those that have pixels on both sides. */
function insideOf(spots: readonly Spot[]): Spot[] {
  return spots.filter(({ column }) => column > 10 && column < COLUMNS - 10);
}

/** The values of the shown frame, as they are saved. */
async function valuesOf(live: LiveBrowserPage): Promise<(row: number, column: number) => number> {
  const { content } = await live.save("Save npy");
  return (row, column) => content.readFloatLE(128 + 4 * (row * COLUMNS + column));
}

async function canvasBox(live: LiveBrowserPage) {
  const box = await live.page.getByTestId("image").locator("canvas").first().boundingBox();
  if (box === null) throw new Error("there is no canvas");
  return box;
}

async function drag(live: LiveBrowserPage, from: readonly [number, number], to: readonly [number, number]) {
  const { x, y, width, height } = await canvasBox(live);
  await live.page.mouse.move(x + from[0] * width, y + from[1] * height);
  await live.page.mouse.down();
  await live.page.mouse.move(x + to[0] * width, y + to[1] * height, { steps: 4 });
  await live.page.mouse.up();
}

const near = (a: number, b: number) => Math.abs(a - b) <= 1e-4 * Math.max(1, Math.abs(b));

test.serial("a region that is drawn has sum, mean and number of its pixels", async (t) => {
  const { live, folder } = await openLiveDetector(t);
  const { page } = live;
  await live.press("Region");
  await drag(live, [0.4, 0.3], [0.55, 0.45]);
  const typed = page.getByLabel("Rows, columns");
  await page.getByTestId("region-sum").waitFor();
  const first = await live.text("region-sum");
  await live.when("region-sum", (text) => text !== first); // it follows the images
  await page.getByLabel("Sum of the region, last two minutes").waitFor();
  await live.pause();
  const value = await valuesOf(live);
  const [r0 = 0, r1 = 0, c0 = 0, c1 = 0] = ((await typed.inputValue()).match(/\d+/g) ?? []).map(Number);
  t.true(r1 - r0 > 50 && c1 - c0 > 50, await typed.inputValue());
  let sum = 0;
  let count = 0;
  for (let row = r0; row < r1; row++) {
    for (let column = c0; column < c1; column++) {
      if (Number.isNaN(value(row, column))) continue;
      sum += value(row, column);
      count += 1;
    }
  }
  const number = async (id: string) =>
    Number((await live.text(id)).replace(/ photons$/, "").replaceAll(",", ""));
  t.true(near(await number("region-sum"), sum), `${await live.text("region-sum")}, not ${sum}`);
  t.true(near(await number("region-mean"), sum / count));
  t.is(await number("region-pixels"), (r1 - r0) * (c1 - c0));

  const inside = insideOf(await spotsOf(folder, live));
  t.true(inside.length > 5);
  for (const { row, column, photons, stage } of inside.slice(0, 5)) {
    await typed.fill(`${row}:${row + 1}, ${column}:${column + 1}`);
    await typed.press("Enter");
    await live.when("region-pixels", (text) => text === "1");
    await live.when(
      "region-sum",
      (text) => Math.abs(Number.parseFloat(text) - photons) < TOLERANCE_PHOTONS[stage],
    );
  }

  await typed.fill("5:1, 0:10");
  await typed.press("Enter");
  await page.getByText(/^Type rows, columns as first:end/).waitFor();
  await page.getByRole("button", { name: "Remove" }).first().click();
  t.is(await page.getByTestId("region-sum").count(), 0);
  await live.until(() => !page.url().includes("region="));
  await page.screenshot({ path: join(process.env.PICTURES ?? folder, "region.png") });
  t.deepEqual(live.complaints, []);
});

test.serial(
  "a line that is typed or drawn has length, number and maximum of the pixels along it",
  async (t) => {
    const { live, folder } = await openLiveDetector(t);
    const { page } = live;
    await live.pause();
    const value = await valuesOf(live);
    const inside = insideOf(await spotsOf(folder, live));
    await live.press("Line");
    const { row, column } = inside[0] as Spot;
    const ends = page.getByLabel("From, to");
    await ends.fill(`${row}, ${column - 5} to ${row}, ${column + 5}`);
    await ends.press("Enter");
    const highest = Math.max(
      ...Array.from({ length: 11 }, (_, i) => value(row, column - 5 + i)).filter((one) => !Number.isNaN(one)),
    );
    const said = await live.when("line-summary", (text) => text.startsWith("11 pixels, 10 long, maximum "));
    t.true(near(Number(/maximum (\S+)/.exec(said)?.[1]), highest), `${said}, not ${highest}`);
    await live.press("Line");
    await drag(live, [0.4, 0.6], [0.5, 0.5]);
    await live.when("line-summary", (text) => !text.startsWith("11 pixels"));
    await page.screenshot({ path: join(process.env.PICTURES ?? folder, "line.png") });
    t.deepEqual(live.complaints, []);
  },
);

test.serial("rings of resolution are those of distance, energy and beam centre", async (t) => {
  const { live, folder } = await openLiveDetector(t);
  const { page } = live;
  await live.pause();
  await live.press("Rings");
  t.is(await page.locator(".ring").count(), 0);
  for (const [label, text] of [
    ["Distance (mm)", "150"],
    ["Beam centre, row", "511.5"],
    ["Beam centre, column", "500"],
  ] as const) {
    await page.getByLabel(label).fill(text);
    await page.getByLabel(label).press("Enter");
  }
  await page.locator(".ring").first().waitFor();
  t.is(await page.locator(".ring").count(), 5);
  await live.read(511, 900);
  await page.mouse.move(5, 5);
  // 12.4 keV: λ = 0.99987 Å; 2θ = atan(400.0003 × 0.075 / 150) = 0.19740; d = λ / (2 sin θ)
  await live.when("resolution", (text) => text === "Row 511, column 900: d = 5.07 Å");
  const { x, y, width, height } = await canvasBox(live);
  const labels = await page.evaluate<{ x: number; y: number; text: string }[]>(
    `[...document.querySelectorAll(".ring-label")].map((label) => {
      const { x, y } = label.getBoundingClientRect();
      return { x, y, text: label.textContent };
    })`,
  );
  for (const label of labels)
    t.true(label.x > x && label.x < x + width && label.y > y && label.y < y + height, JSON.stringify(label));
  const resolutions = labels.map(({ text }) => Number.parseFloat(text));
  t.deepEqual(
    resolutions,
    resolutions.toSorted((a, b) => b - a),
  );
  await page.getByLabel("Distance (mm)").fill("-3");
  await page.getByLabel("Distance (mm)").press("Enter");
  await page.getByText("Type a number above 0.").waitFor();
  await page.screenshot({ path: join(process.env.PICTURES ?? folder, "rings.png") });
  t.deepEqual(live.complaints, []);
});

test.serial("at deep zoom the pixels hold their values", async (t) => {
  const { live, folder } = await openLiveDetector(t);
  const { page } = live;
  await live.pause();
  const [spot] = insideOf(await spotsOf(folder, live));
  const { row, column } = spot as Spot;
  const value = await valuesOf(live);
  // Zoom by the wheel, around the spot.
  const { x, y, width, height } = await canvasBox(live);
  const side = Math.min(width, height);
  const place = {
    x: x + width / 2 + (column / COLUMNS - 0.5) * side,
    y: y + height / 2 + (row / COLUMNS - 0.5) * side,
  };
  await page.mouse.move(place.x, place.y);
  await live.until(async () => {
    await page.mouse.wheel(0, -300);
    await page.waitForTimeout(100);
    return (await page.locator("[data-place]").count()) > 0;
  });
  const texts = await live.steady<[string, string][]>(() =>
    page.evaluate(
      `[...document.querySelectorAll("[data-place]")].map((text) => [text.dataset.place, text.innerHTML])`,
    ),
  );
  t.true(texts.length > 0);
  for (const [at, written] of texts) {
    const [atRow = 0, atColumn = 0] = at.split(",").map(Number);
    const actual = value(atRow, atColumn);
    if (!Number.isNaN(actual))
      t.true(
        Math.abs(Number(written) - actual) <= 0.006 * Math.abs(actual) + 0.0005,
        `${written}, not ${actual}`,
      );
  }
  await live.press("Rotate");
  await live.until(() => page.url().includes("orientation=90"));
  t.deepEqual(live.complaints, []);
});

test.serial("at deep zoom the pixels turn with the image, and the pointer reads them", async (t) => {
  const { live, folder, url } = await openLiveDetector(t);
  const { page } = live;
  await live.pause();
  const [spot] = insideOf(await spotsOf(folder, live));
  const { row, column } = spot as Spot;
  /** The middles of the numbers of the spot and of the pixel in the next column, on the screen. */
  const middles = (): Promise<[number, number][]> =>
    page.evaluate(
      `[${column}, ${column + 1}].map((column) => {
        const box = document.querySelector(\`[data-place="${row},\${column}"]\`).getBoundingClientRect();
        return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];
      })`,
    );

  // The same place in each orientation: what is to the right of it turns clockwise, and is on the left in a mirror.
  const directions: Record<string, number[]> = {};
  for (const orientation of ["0", "90", "180", "270", "0m", "90m"]) {
    await page.goto("about:blank"); // what differs in its fragment alone would not be loaded anew
    await page.goto(
      `${url}#image=maximum&orientation=${orientation}&zoom=${row + 0.5},${column + 0.5},0.008,0.008`,
    );
    await page.getByText(/^maximum of /).waitFor();
    await live.pause();
    await page.locator(`[data-place="${row},${column + 1}"]`).waitFor();
    const [middle = [0, 0], right = [0, 0]] = await live.steady(middles);
    directions[orientation] = [Math.sign(right[0] - middle[0]), Math.sign(right[1] - middle[1])];
    // The pointer reads what is written under it.
    await page.mouse.move(right[0], right[1] + 2);
    await live.when("readout", (text) => text.startsWith(`row ${row}, column ${column + 1}:`));
    await page.screenshot({ path: join(process.env.PICTURES ?? folder, `turned-${orientation}.png`) });
  }
  t.deepEqual(directions, {
    "0": [1, 0],
    "90": [0, 1],
    "180": [-1, 0],
    "270": [0, -1],
    "0m": [-1, 0],
    "90m": [0, 1],
  });
  t.deepEqual(live.complaints, []);
});
