import { EventEmitter, on, once } from "node:events";
import type { ExecutionContext } from "ava";
import { type ClientOptions, WebSocket } from "ws";
import {
  decodeImage,
  LIVE_PATH,
  type PageMessage,
  type ServerMessage,
  type ViewImage,
} from "../../src/viewer/protocol.js";

/** A page of a live view, without a browser. */
export class LivePage {
  readonly #socket: WebSocket;
  readonly #news = new EventEmitter();
  readonly texts: ServerMessage[] = [];
  readonly images: ViewImage[] = [];
  /** Code and reason of the end. */
  readonly closed: Promise<readonly [code: number, reason: string]>;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.on("message", (data, isBinary) => {
      if (isBinary) this.images.push(decodeImage(data as ArrayBuffer));
      else this.texts.push(JSON.parse(String(data)));
      this.#news.emit("news");
    });
    this.closed = once(socket, "close").then(([code, reason]) => [code, String(reason)] as const);
  }

  /** @param url  of the page, with its token if there is one */
  static async open(t: ExecutionContext, url: string, options: ClientOptions = {}): Promise<LivePage> {
    const address = new URL(url);
    address.protocol = "ws:";
    address.pathname = LIVE_PATH;
    const page = new LivePage(new WebSocket(address, options));
    t.teardown(() => page.#socket.terminate());
    await once(page.#socket, "open");
    return page;
  }

  say(message: PageMessage | string): void {
    this.#socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** Read no more, as a browser that is held up. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.close();
  }

  /** The first image that fits, now or later. */
  image(fits: (image: ViewImage) => boolean): Promise<ViewImage> {
    return this.#first(this.images, fits);
  }

  /** The first text message that fits, now or later. */
  text<M extends ServerMessage>(fits: (message: ServerMessage) => message is M): Promise<M>;
  text(fits: (message: ServerMessage) => boolean): Promise<ServerMessage>;
  text(fits: (message: ServerMessage) => boolean): Promise<ServerMessage> {
    return this.#first(this.texts, fits);
  }

  async #first<T>(all: readonly T[], fits: (one: T) => boolean): Promise<T> {
    const news = on(this.#news, "news");
    for (;;) {
      const found = all.find(fits);
      if (found !== undefined) return found;
      await news.next();
    }
  }
}
