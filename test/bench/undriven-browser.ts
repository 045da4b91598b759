import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import { BROWSER_ARGS, browserPath } from "../helpers/browser.js";
import { until } from "../helpers/until.js";
import { MeasuredProcess } from "./measured-process.js";

/**
 * Chromium with one page, as a person runs it. Playwright would have each message of a WebSocket sent to it as base64: for
 * an image that takes the browser longer than to show it.
 */
export class UndrivenBrowser {
  readonly #process: MeasuredProcess;
  readonly #socket: WebSocket;
  #asked = 0;

  private constructor(browser: MeasuredProcess, socket: WebSocket) {
    this.#process = browser;
    this.#socket = socket;
  }

  static async open(url: string, width: number, height: number): Promise<UndrivenBrowser> {
    const folder = mkdtempSync(join(tmpdir(), "om-jungfrau-browser-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    const browser = new MeasuredProcess(browserPath(), [
      ...BROWSER_ARGS,
      "--headless=new",
      "--remote-debugging-port=0",
      `--user-data-dir=${folder}`,
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      url,
    ]);
    const port = await browser.errorMatch(/DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//);
    let page: { readonly webSocketDebuggerUrl: string } | undefined;
    await until(async () => {
      const response = await fetch(`http://127.0.0.1:${port}/json/list`);
      const targets = (await response.json()) as {
        type: string;
        url: string;
        webSocketDebuggerUrl: string;
      }[];
      page = targets.find((target) => target.type === "page" && target.url.startsWith("http"));
      return page !== undefined;
    });
    const socket = new WebSocket(page?.webSocketDebuggerUrl ?? "");
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    const opened = new UndrivenBrowser(browser, socket);
    await opened.#ask("Emulation.setDeviceMetricsOverride", {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: false,
    });
    return opened;
  }

  /** The value of an expression in the page. */
  async evaluate(expression: string): Promise<unknown> {
    const { result } = await this.#ask("Runtime.evaluate", { expression, returnByValue: true });
    return result?.value;
  }

  /** The answer to a command of the DevTools protocol. */
  #ask(method: string, params: object): Promise<{ readonly result?: { readonly value: unknown } }> {
    this.#asked += 1;
    const id = this.#asked;
    const answer = new Promise<{ readonly result?: { readonly value: unknown } }>((resolve) => {
      const listen = (data: Buffer) => {
        const message = JSON.parse(data.toString());
        if (message.id !== id) return;
        this.#socket.off("message", listen);
        resolve(message.result);
      };
      this.#socket.on("message", listen);
    });
    this.#socket.send(JSON.stringify({ id, method, params }));
    return answer;
  }

  async close(): Promise<void> {
    this.#socket.terminate();
    await this.#process.stop();
  }
}
