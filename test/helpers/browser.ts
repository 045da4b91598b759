import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where Debian and others put it. */
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/**
 * WebGL is drawn in software, as on machines without a graphics card. As there, the page is composited without WebGL:
 * compositing in software WebGL keeps one processor busy.
 */
export const BROWSER_ARGS = [
  "--no-sandbox",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--disable-gpu-compositing",
] as const;

/** A headless browser. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: browserPath(), args: [...BROWSER_ARGS] });
}

/** @throws if there is no browser: says what to install */
export function browserPath(): string {
  const path = process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place));
  if (path !== undefined) return path;
  throw new Error(
    "There is no Chromium. Install Debian's package chromium, or name one with CHROMIUM=/path/to/it.",
  );
}
