import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { Teardown } from "./shared.js";
import { PATIENCE_MS, until } from "./until.js";

/** How often a browser is asked: each question costs it time. */
const LOOK_MS = 50;
/** Wide enough for every control, and no higher than needed: what a browser draws in software takes a time for each pixel. */
const VIEWPORT = { width: 1400, height: 700 };

/** The live view's page in a browser: what a person does with it, by the names that they see. */
export class LiveBrowserPage {
  readonly page: Page;
  /** What the browser complained of: errors, and what the page's policy forbade. */
  readonly complaints: string[] = [];
  /** Hosts that were asked for anything. */
  readonly hosts = new Set<string>();

  private constructor(page: Page) {
    this.page = page;
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("request", (request) => {
      if (/^(?:https?|wss?):/.test(request.url())) this.hosts.add(new URL(request.url()).host);
    });
  }

  static async open(
    t: Teardown,
    browser: Browser,
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<LiveBrowserPage> {
    const context = await browser.newContext({ acceptDownloads: true, viewport: VIEWPORT, ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    t.teardown(() => context.close());
    const page = new LiveBrowserPage(await context.newPage());
    await page.page.goto(url);
    return page;
  }

  /** The text of an element by its test id, now. */
  async text(testId: string): Promise<string> {
    return (await this.page.getByTestId(testId).innerText()).trim();
  }

  /** The numbers in elements by their test ids, all of the same image. */
  async numbers(...testIds: readonly string[]): Promise<number[]> {
    const texts: string[] = await this.page.evaluate(
      `${JSON.stringify(testIds)}.map((id) => document.querySelector(\`[data-testid="\${id}"]\`)?.textContent ?? "")`,
    );
    return texts.map((text) => Number(text.replaceAll(",", "")));
  }

  /** Wait until an element's text fits. */
  async when(testId: string, fits: (text: string) => boolean): Promise<string> {
    let text = "";
    await this.until(
      async () => {
        text = await this.text(testId);
        return fits(text);
      },
      () => `${testId}: ${text}`,
    );
    return text;
  }

  /** Wait until something holds, with a limit. */
  until(holds: () => boolean | Promise<boolean>, seen: () => unknown = () => this.page.url()): Promise<void> {
    return until(holds, { everyMs: LOOK_MS, seen });
  }

  /** Wait for an image, or for another one than that of an event. */
  imageAfter(eventId: string | undefined): Promise<string> {
    return this.when("event-id", (text) => text !== "" && text !== eventId);
  }

  async press(name: string): Promise<void> {
    await this.page.getByRole("button", { name, exact: true }).click();
  }

  /** Pause, and wait until what was on its way is shown. */
  async pause(): Promise<void> {
    await this.press("Pause");
    await this.page.getByText("Paused", { exact: true }).waitFor();
  }

  async choose(image: string): Promise<void> {
    await this.page.getByRole("radio", { name: image, exact: true }).click();
  }

  /** What the page says of a pixel that is written into its field: the value and the status. */
  async read(row: number, column: number): Promise<{ value: string; status: string }> {
    const input = this.page.getByLabel("Pixel", { exact: true });
    await input.fill(`${row}, ${column}`);
    await input.press("Enter");
    let [atRow, atColumn, value = "", status = ""] = await this.#pinned();
    await this.until(
      async () => {
        [atRow, atColumn, value = "", status = ""] = await this.#pinned();
        return atRow === String(row) && atColumn === String(column);
      },
      () => `pixel ${atRow}, ${atColumn}`,
    );
    return { value, status };
  }

  /** Row, column, value and status of the pinned pixel, all of the same image; nothing before they are there. */
  #pinned(): Promise<string[]> {
    return this.page.evaluate(
      `[...document.querySelectorAll("[data-testid=pinned-readout] [data-part]")].map((part) => part.innerText)`,
    );
  }

  /** The content of what a button gives to save, and its name. */
  async save(button: string): Promise<{ name: string; content: Buffer }> {
    const [download] = await Promise.all([this.page.waitForEvent("download"), this.press(button)]);
    return { name: download.suggestedFilename(), content: await readFile(await download.path()) };
  }

  /** The picture on the screen. */
  picture(): Promise<Buffer> {
    return this.page.getByTestId("image").screenshot();
  }

  /** As {@link picture}, when it is drawn to its end. */
  steadyPicture(): Promise<Buffer> {
    return this.steady(() => this.picture());
  }

  /** What a look sees when nothing changes any more. */
  async steady<Seen>(look: () => Promise<Seen>, everyMs = LOOK_MS): Promise<Seen> {
    let last = await look();
    await this.until(
      async () => {
        await this.page.waitForTimeout(everyMs);
        const now = await look();
        const isSteady = isDeepStrictEqual(now, last);
        last = now;
        return isSteady;
      },
      () => "it still changes",
    );
    return last;
  }

  /** Wait until the image looks like this, or unlike this. @returns how it looks then */
  async pictureThat(fits: (picture: Buffer) => boolean, what: string): Promise<Buffer> {
    let now = await this.picture();
    await this.until(
      async () => {
        if (fits(now)) return true;
        now = await this.picture();
        return false;
      },
      () => what,
    );
    return now;
  }
}
