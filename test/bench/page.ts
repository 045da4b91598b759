import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "playwright-core";
import { openBrowser } from "../helpers/browser.js";
import { writeBenchFiles } from "./bench-files.js";
import { BenchChild } from "./child.js";
import type { Seen } from "./monitor.js";
import { machine } from "./report.js";
import { Bench } from "./sustained-rate.js";

/*
 * How many images per second the live view's page shows of 10, in a window of 1440 × 900, on a machine without a graphics card:
 * as it opens, and with a pixel pinned, for which the page gets every pixel. Sender, monitor and browser share the machine.
 *
 *   npm run bench:page
 */
const RATE_HZ = 10;
const SECONDS = 20;
const WARM_UP_SECONDS = 5;

const { all: configuration } = (await writeBenchFiles()).configurations;
const sender = new BenchChild("sender", []);
const { source } = await sender.ask<{ source: string }>();
const bench = new Bench(sender);
const monitor = new BenchChild("monitor", ["view", source, configuration]);
const { viewUrl } = await monitor.ask<Seen>();
const browser = await openBrowser();

/** Counts the images that a page shows. */
const COUNT_IMAGES = `
  window.shown = 0;
  new MutationObserver(() => window.shown++).observe(document.querySelector("[data-testid=image]"), {
    attributeFilter: ["data-sequence"],
  });
`;

async function shownPerSecond(fragment: string): Promise<number> {
  const page: Page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${viewUrl}#${fragment}`);
  await delay(500);
  await bench.run([monitor], RATE_HZ, WARM_UP_SECONDS);
  await page.evaluate(COUNT_IMAGES);
  await bench.run([monitor], RATE_HZ, SECONDS);
  const shown = Number(await page.evaluate("window.shown"));
  await page.close();
  return shown / SECONDS;
}

console.log(machine());
console.table({
  "as it opens": { "images/s": (await shownPerSecond("")).toFixed(1) },
  "with a pixel pinned": { "images/s": (await shownPerSecond("pixel=100,200")).toFixed(1) },
});
await browser.close();
await monitor.stop();
await sender.stop();
process.exit();
