import { setTimeout as delay } from "node:timers/promises";
import { writeBenchFiles } from "./bench-files.js";
import { BenchChild } from "./child.js";
import type { Seen } from "./monitor.js";
import { machine } from "./report.js";
import { Bench } from "./sustained-rate.js";
import { UndrivenBrowser } from "./undriven-browser.js";

/*
 * How many images per second the live view's page shows, in a window of 1440 × 900, on a machine without a graphics card: as it
 * opens, and with a pixel pinned, for which the page gets every pixel. Sender, monitor and browser share the machine.
 *
 *   npm run bench:page                  10 and 25 frames/s
 */
const RATES_HZ = [10, 25];
const SECONDS = 20;
const WARM_UP_SECONDS = 5;

const { all: configuration } = (await writeBenchFiles()).configurations;
const sender = new BenchChild("sender", []);
const { source } = await sender.ask<{ source: string }>();
const bench = new Bench(sender);
const monitor = new BenchChild("monitor", ["view", source, configuration]);
const { viewUrl } = await monitor.ask<Seen>();

/** Counts the images that a page shows. */
const COUNT_IMAGES = `
  window.shown = 0;
  new MutationObserver(() => window.shown++).observe(document.querySelector("[data-testid=image]"), {
    attributeFilter: ["data-sequence"],
  });
`;

async function shownPerSecond(rateHz: number, fragment: string): Promise<number> {
  const page = await UndrivenBrowser.open(`${viewUrl}#${fragment}`, 1440, 900);
  await delay(2000);
  await bench.run([monitor], rateHz, WARM_UP_SECONDS);
  await page.evaluate(COUNT_IMAGES);
  await bench.run([monitor], rateHz, SECONDS);
  const shown = Number(await page.evaluate("window.shown"));
  await page.close();
  return shown / SECONDS;
}

console.log(machine());
for (const rateHz of RATES_HZ) {
  console.table({
    [`${rateHz} Hz, as it opens`]: { "images/s": (await shownPerSecond(rateHz, "")).toFixed(1) },
    [`${rateHz} Hz, with a pixel pinned`]: {
      "images/s": (await shownPerSecond(rateHz, "pixel=100,200")).toFixed(1),
    },
  });
}
await monitor.stop();
await sender.stop();
process.exit();
