import type { WebSocket } from "ws";
import {
  encodeImageHeader,
  type Hello,
  IMAGE_NAMES,
  type ImageName,
  type PageMessage,
  type Report,
  type Sample,
  type ViewImage,
} from "../protocol.js";
import type { Images } from "./images.js";
import { SendBudget } from "./send-budget.js";

/**
 * Some thirty frames a second in full resolution, for all pages together, while the monitor has little to do; a few when it
 * is busy.
 */
const MAX_BYTES_PER_SECOND = 150e6;
const MIN_BYTES_PER_SECOND = 20e6;
const HISTORY_SAMPLES = 240;
/** Sums of more frames than this are asked for as sums since the last reset. */
const MAX_WINDOW = 100_000;
/** What a page may leave unread, an image and reports of minutes; it gets nothing more before it reads. */
const MAX_UNREAD_BYTES = 8e6;

type ImageRequest = Extract<PageMessage, { type: "image" }>;

/** What the view has besides images. */
interface PagesOptions {
  /** How many raw frames the monitor keeps. */
  readonly keeps?: number | undefined;
  /** Sum and maximum are given, and pages cannot begin them again. */
  readonly hasGivenSums?: boolean;
}

/** The pages that are open: each gets an image when it has asked for one and there is a newer one. */
export class Pages {
  readonly #images: Images;
  readonly #names: readonly ImageName[];
  readonly #budget: SendBudget;
  readonly #onCount: (count: number) => void;
  readonly #history: Sample[] = [];
  readonly #has: PagesOptions;
  #report: Report | undefined;
  readonly #open = new Set<WebSocket>();
  /** What pages wait for; who has waited longest is first. */
  readonly #requests = new Map<WebSocket, ImageRequest>();
  /** Messages as they were last sent, for other pages that ask for the same. */
  readonly #encoded = new Map<ImageName, { readonly sequence: number; readonly message: Uint8Array }>();
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param onCount  called with the number of open pages when it changes
   */
  constructor(
    images: Images,
    names: readonly ImageName[],
    nowMs: () => number,
    onCount: (count: number) => void,
    has: PagesOptions = {},
  ) {
    this.#images = images;
    this.#names = names;
    this.#budget = new SendBudget(MAX_BYTES_PER_SECOND, nowMs);
    this.#onCount = onCount;
    this.#has = has;
  }

  get count(): number {
    return this.#open.size;
  }

  open(page: WebSocket): void {
    this.#open.add(page);
    this.#onCount(this.#open.size);
    page.on("message", (data) => this.#listen(page, String(data)));
    page.on("error", () => page.terminate()); // a page that breaks the protocol
    page.on("close", () => {
      this.#requests.delete(page);
      this.#open.delete(page);
      this.#onCount(this.#open.size);
    });
    const { keeps, hasGivenSums } = this.#has;
    const hello: Hello = {
      type: "hello",
      images: this.#names,
      history: this.#history,
      ...(keeps !== undefined && { keeps }),
      ...(hasGivenSums && { hasGivenSums }),
    };
    page.send(JSON.stringify(hello));
    if (this.#report !== undefined) page.send(JSON.stringify(this.#report));
  }

  /**
   * Tell all pages how the monitor is doing.
   *
   * @param spare  part of the monitor's time in which it has nothing to do: who has little gets less sent
   */
  report(report: Report, spare: number): void {
    this.#budget.bytesPerSecond = Math.max(MAX_BYTES_PER_SECOND * spare, MIN_BYTES_PER_SECOND);
    this.#report = report;
    this.#history.push(report.sample);
    if (this.#history.length > HISTORY_SAMPLES) this.#history.shift();
    const text = JSON.stringify(report);
    for (const page of this.#open) if (reads(page)) page.send(text);
  }

  /** Send what pages wait for, as far as it is there and may be sent now. */
  serve(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [page, { image: name, after }] of this.#requests) {
      const image = this.#images.get(name);
      if (image === undefined || image.header.sequence === after || !reads(page)) continue;
      const waitMs = this.#budget.waitMs;
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.serve(), waitMs);
        return;
      }
      const message = this.#message(image);
      this.#requests.delete(page);
      this.#budget.spend(message.length);
      page.send(message);
    }
  }

  /** Say goodbye. */
  close(): void {
    clearTimeout(this.#timer);
    for (const page of this.#open) page.close(1001, "the monitor ends");
  }

  #listen(page: WebSocket, text: string): void {
    const message = parse(text);
    if (message === undefined) page.close(1008, "not a message of this view");
    else if (message.type === "reset") this.#images.reset();
    else if (message.type === "window") this.#images.setWindow(message.frames);
    else if (!this.#names.includes(message.image)) page.close(1008, `no image '${message.image}' here`);
    else {
      this.#requests.set(page, message);
      this.serve();
    }
  }

  #message({ header, data, status }: ViewImage): Uint8Array {
    const last = this.#encoded.get(header.image);
    if (last?.sequence === header.sequence) return last.message;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const message = Buffer.concat([encodeImageHeader(header), bytes, status]);
    this.#encoded.set(header.image, { sequence: header.sequence, message });
    return message;
  }
}

function reads(page: WebSocket): boolean {
  return page.bufferedAmount < MAX_UNREAD_BYTES;
}

/** A page's message; undefined if it is none. */
function parse(text: string): PageMessage | undefined {
  let message: Partial<Record<string, unknown>>;
  try {
    message = JSON.parse(text) ?? {};
  } catch {
    return undefined;
  }
  const { type, image, after, frames } = message;
  if (type === "reset") return { type };
  if (type === "window" && (frames === null || isCount(frames))) return { type, frames };
  const name = IMAGE_NAMES.find((one) => one === image);
  if (type === "image" && name !== undefined && (after === null || typeof after === "number")) {
    return { type, image: name, after };
  }
  return undefined;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_WINDOW;
}
