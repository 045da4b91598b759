import { WebSocket } from "ws";
import { decodeImage, LIVE_PATH } from "../../src/viewer/protocol.js";
import { answer } from "./child.js";

/** What the pages have got since they were last asked. */
export interface PagesSeen {
  readonly frames: number;
  readonly bytes: number;
  readonly cpuMs: number;
}

/*
 * Open pages of a live view that draw nothing: each asks for the next frame as soon as it has one, in full resolution.
 *
 *   pages.js URL COUNT
 */
const [url = "", count = "1"] = process.argv.slice(2);

let frames = 0;
let bytes = 0;
let cpu = process.cpuUsage();

function open(): Promise<void> {
  const page = new WebSocket(new URL(LIVE_PATH, url.replace("http:", "ws:")));
  page.binaryType = "arraybuffer";
  const ask = (after: number | null) =>
    page.send(JSON.stringify({ type: "image", image: "calibrated", after }));
  page.on("message", (data, isBinary) => {
    if (!isBinary) return;
    const { header } = decodeImage(data as ArrayBuffer);
    frames += 1;
    bytes += (data as ArrayBuffer).byteLength;
    ask(header.sequence);
  });
  return new Promise((resolve, reject) => {
    page.once("open", () => {
      ask(null);
      resolve();
    });
    page.once("error", reject);
  });
}

await Promise.all(Array.from({ length: Number(count) }, open));

answer((): PagesSeen => {
  const { user, system } = process.cpuUsage(cpu);
  cpu = process.cpuUsage();
  const seen = { frames, bytes, cpuMs: (user + system) / 1000 };
  frames = 0;
  bytes = 0;
  return seen;
});
