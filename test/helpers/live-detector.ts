import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { openBrowser } from "./browser.js";
import { Command } from "./command.js";
import { temporaryFolder } from "./constants-files.js";
import { LiveBrowserPage } from "./live-browser-page.js";
import { shared, type Teardown } from "./shared.js";

const LIVE_VIEW = /Live view on (http:\S+)/;

/** A simulated detector, with a configuration for its monitors. */
export interface LiveDetector {
  readonly folder: string;
  readonly source: string;
  readonly configuration: string;
  readonly simulator: Command;
}

/** A monitor with its view. */
export interface LiveMonitor {
  readonly monitor: Command;
  readonly url: string;
}

interface DetectorOptions {
  /** More arguments of `simulate`. */
  readonly simulate?: readonly string[];
  readonly change?: (configuration: string, folder: string) => string | Promise<string>;
}

interface SharedOptions extends DetectorOptions {
  /** More arguments of `monitor`. */
  readonly monitor?: (folder: string) => readonly string[];
}

export async function startDetector(
  t: Teardown,
  { simulate = [], change = (configuration) => configuration }: DetectorOptions = {},
): Promise<LiveDetector> {
  const folder = await temporaryFolder(t);
  const args = ["--json", "--ports", "0,0", "--rate", "5", ...simulate, "--out", folder];
  const simulator = new Command(t, ["simulate", ...args]);
  const { source, configuration: written } = JSON.parse(await simulator.line(/source/));
  const configuration = join(folder, "view.yaml");
  await writeFile(configuration, await change(await readFile(written, "utf8"), folder));
  return { folder, source, configuration, simulator };
}

export async function startMonitor(
  t: Teardown,
  { configuration, source }: Pick<LiveDetector, "configuration" | "source">,
  { view = "0", more = [] }: { readonly view?: string; readonly more?: readonly string[] } = {},
): Promise<LiveMonitor> {
  const args = ["monitor", "-c", configuration, source, "--json", "--view", view, ...more];
  const monitor = new Command(t, args);
  const [, url = ""] = await monitor.logged(LIVE_VIEW);
  return { monitor, url };
}

/** One browser for all tests of a file. */
export function sharedBrowser(): () => Promise<Browser> {
  return shared(async (t) => {
    const browser = await openBrowser();
    t.teardown(() => browser.close());
    return browser;
  });
}

/** A detector, a monitor with its view, and a browser for all tests of a file: they take longer to start than most tests take. */
export function sharedLiveDetector({ monitor: more, ...options }: SharedOptions = {}) {
  const startBrowser = sharedBrowser();
  const startView = shared(async (t) => {
    const detector = await startDetector(t, options);
    return { ...detector, ...(await startMonitor(t, detector, { more: more?.(detector.folder) ?? [] })) };
  });
  /** Without a page, for tests that open their own. */
  const start = async () => {
    const [browser, view] = await Promise.all([startBrowser(), startView()]);
    return { ...view, browser };
  };
  /** With a page that is the test's own, and shows an image. */
  const openLiveDetector = async (t: ExecutionContext, context?: BrowserContextOptions) => {
    const started = await start();
    const live = await LiveBrowserPage.open(t, started.browser, started.url, context);
    await live.imageAfter(undefined);
    return { ...started, live };
  };
  return { start, openLiveDetector };
}
