import { readFile } from "node:fs/promises";
import type { ExecutionContext } from "ava";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { until } from "./until.js";

/** How often a browser is asked: each question costs it time. */
const LOOK_MS = 50;

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
    t: Pick<ExecutionContext, "teardown">,
    browser: Browser,
    url: string,
    options: BrowserContextOptions = { viewport: { width: 1400, height: 900 } },
  ): Promise<LiveBrowserPage> {
    const context = await browser.newContext({ acceptDownloads: true, ...options });
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
    const readout = this.page.getByTestId("pinned-readout");
    const part = (name: string) => readout.locator(`[data-part=${name}]`);
    let place = "";
    await this.until(
      async () => {
        place = `${await part("row").innerText()},${await part("column").innerText()}`;
        return place === `${row},${column}`;
      },
      () => `pixel ${place}`,
    );
    return { value: await part("value").innerText(), status: await part("status").innerText() };
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

  /** As {@link picture}, when it is drawn to its end: nothing changes any more. */
  async steadyPicture(): Promise<Buffer> {
    let now = await this.picture();
    await this.until(async () => {
      const last = now;
      await this.page.waitForTimeout(LOOK_MS);
      now = await this.picture();
      return now.equals(last);
    });
    return now;
  }

  /** Whether the image looks like this, soon. */
  async becomes(picture: Buffer): Promise<boolean> {
    for (let looks = 0; looks < 200; looks++) {
      if ((await this.picture()).equals(picture)) return true;
      await this.page.waitForTimeout(LOOK_MS);
    }
    return false;
  }
}
