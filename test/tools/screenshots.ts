import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { openBrowser } from "../helpers/browser.js";
import { Command } from "../helpers/command.js";
import { LiveBrowserPage } from "../helpers/live-browser-page.js";
import { inPackage } from "../helpers/package-root.js";

/*
 * The pictures of the documents, from the programs as they are: docs/images/live-view.png and terminal.png. Needs a
 * browser, as the browser's tests do.
 *
 *   npm run screenshots
 */

/** From then on the histories have a course, and the sum has rings. */
const ENOUGH_FRAMES = 30;
/** Whoever reads the documents waits for them. */
const MAX_BYTES = 300_000;
const COMMAND = "npm start -- --frames 60";

const ends: (() => unknown)[] = [];
const t = { teardown: (end: () => unknown) => void ends.push(end) };

async function takeLiveView(browser: Browser, path: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "om-jungfrau-screenshots-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const simulator = new Command(t, ["simulate", "--json", "--ports", "0,0", "--rate", "10", "--out", folder]);
  const { source, configuration } = JSON.parse(await simulator.line(/source/));
  const monitor = new Command(t, ["monitor", "-c", configuration, source, "--json", "--view", "0"]);
  const [, url = ""] = await monitor.logged(/Live view on (http:\S+)/);
  const live = await LiveBrowserPage.open(t, browser, url, {
    viewport: { width: 1240, height: 760 },
    colorScheme: "dark",
  });
  await live.imageAfter(undefined);
  await live.when("accumulated-frames", (text) => Number(text.replaceAll(",", "")) >= ENOUGH_FRAMES);
  await live.page.screenshot({ path });
  await live.page.close();
  await monitor.kill();
  await simulator.kill();
}

async function takeTerminal(browser: Browser, path: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1100, height: 100 } });
  await page.setContent(`<!doctype html>
    <style>
      body { margin: 0; background: #10151d }
      pre { margin: 0; padding: 16px 20px; color: #d5dbe5; font: 13px/1.5 "DejaVu Sans Mono", monospace }
      pre { white-space: pre-wrap; overflow-wrap: break-word }
      b { color: #7ee0a1 }
    </style>
    <pre></pre>`);
  const output = await outputOf(COMMAND);
  await page.locator("pre").evaluate(
    // In the browser; the tests are compiled without its types.
    (pre, [command, text]) => {
      const element = pre as unknown as {
        append(...parts: unknown[]): void;
        ownerDocument: { createElement(tag: string): { textContent: string } };
      };
      const prompt = element.ownerDocument.createElement("b");
      prompt.textContent = "$ ";
      element.append(prompt, `${command}\n${text}`);
    },
    [COMMAND, output] as const,
  );
  await page.screenshot({ path, fullPage: true });
}

/** What a person sees of a command: both outputs, in their order. */
async function outputOf(command: string): Promise<string> {
  const child = spawn("sh", ["-c", `${command} 2>&1`], {
    cwd: inPackage(),
    env: { ...process.env, npm_config_loglevel: "error" }, // npm's warnings are about its own settings
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  for await (const chunk of child.stdout.setEncoding("utf8")) text += chunk;
  if (!text.includes("Bragg spots found")) throw new Error(`${command} did not do its work:\n${text}`);
  return text.trim();
}

const browser = await openBrowser();
t.teardown(() => browser.close());
mkdirSync(inPackage("docs", "images"), { recursive: true });
try {
  for (const [name, take] of [
    ["live-view.png", takeLiveView],
    ["terminal.png", takeTerminal],
  ] as const) {
    const path = inPackage("docs", "images", name);
    await take(browser, path);
    const { size } = statSync(path);
    console.log(`docs/images/${name}: ${size} bytes`);
    if (size > MAX_BYTES)
      throw new Error(`${name} has ${size} bytes, more than ${MAX_BYTES}. Make it smaller.`);
  }
} finally {
  for (const end of ends.reverse()) await end();
}
