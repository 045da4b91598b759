import { readFile } from "node:fs/promises";
import type { ExecutionContext } from "ava";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

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

  /** Wait until an element's text fits. */
  async when(testId: string, fits: (text: string) => boolean): Promise<string> {
    for (;;) {
      const text = await this.text(testId);
      if (fits(text)) return text;
      await this.page.waitForTimeout(50);
    }
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
    for (;;) {
      const place = [await part("row").innerText(), await part("column").innerText()];
      if (place.join() === `${row},${column}`) break;
    }
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
    for (let last = await this.picture(); ; ) {
      await this.page.waitForTimeout(100);
      const now = await this.picture();
      if (now.equals(last)) return now;
      last = now;
    }
  }

  /** Whether the image looks like this, soon. */
  async becomes(picture: Buffer): Promise<boolean> {
    for (let looks = 0; looks < 200; looks++) {
      if ((await this.picture()).equals(picture)) return true;
      await this.page.waitForTimeout(50);
    }
    return false;
  }
}
