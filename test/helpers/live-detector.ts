import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { openBrowser } from "./browser.js";
import { Command } from "./command.js";
import { temporaryFolder } from "./constants-files.js";
import { LiveBrowserPage } from "./live-browser-page.js";
import { PATIENCE_MS } from "./until.js";

/** A simulated detector, a monitor with its view, and a page that shows an image; they end with the test. */
export async function openLiveDetector(
  t: ExecutionContext,
  change: (configuration: string) => string = (configuration) => configuration,
) {
  const folder = await temporaryFolder(t);
  const simulator = new Command(t, ["simulate", "--json", "--ports", "0,0", "--rate", "5", "--out", folder]);
  const { source, configuration: written } = JSON.parse(await simulator.line(/source/));
  const configuration = join(folder, "view.yaml");
  await writeFile(configuration, change(await readFile(written, "utf8")));
  const monitor = new Command(t, ["monitor", "-c", configuration, source, "--json", "--view", "0"]);
  const [, url = ""] = await monitor.logged(/Live view on (http:\S+)/);
  const browser = await openBrowser();
  t.teardown(() => browser.close());
  const live = await LiveBrowserPage.open(t, browser, url);
  live.page.setDefaultTimeout(PATIENCE_MS);
  await live.imageAfter(undefined);
  return { folder, source: String(source), configuration, url, browser, live, simulator };
}
