import { once } from "node:events";
import { WebSocket } from "ws";
import { decodeImage, LIVE_PATH } from "../../../src/viewer/protocol.js";

/** Open pages of a live view, which draw nothing, and ask for the next image as soon as they have one. */
export class SoakPages {
  readonly #sockets: WebSocket[] = [];
  #images = 0;
  #closed = 0;

  static async open(viewUrl: string, count: number, image: string): Promise<SoakPages> {
    const pages = new SoakPages();
    for (let page = 0; page < count; page++) await pages.#open(viewUrl, image);
    return pages;
  }

  get images(): number {
    return this.#images;
  }

  /** Pages that the view has closed. */
  get closed(): number {
    return this.#closed;
  }

  close(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  async #open(viewUrl: string, image: string): Promise<void> {
    const socket = new WebSocket(new URL(LIVE_PATH, viewUrl.replace("http:", "ws:")));
    socket.binaryType = "arraybuffer";
    const ask = (after: number | null) => socket.send(JSON.stringify({ type: "image", image, after }));
    socket.on("message", (data, isBinary) => {
      if (!isBinary) return;
      this.#images += 1;
      ask(decodeImage(data as ArrayBuffer).header.sequence);
    });
    socket.once("close", () => {
      this.#closed += 1;
    });
    this.#sockets.push(socket);
    await once(socket, "open");
    ask(null);
  }
}
