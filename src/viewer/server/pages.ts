import type { WebSocket } from "ws";
import {
  BINNINGS,
  type Binning,
  encodeImageHeader,
  type Hello,
  IMAGE_NAMES,
  type ImageName,
  type MonitorIdentity,
  type PageMessage,
  type PlaybackCommand,
  type PlaybackReport,
  type Report,
  type Sample,
  type ServerMessage,
  type ViewImage,
} from "../protocol.js";
import { binned } from "./binned.js";
import type { Images } from "./images.js";
import { SendBudget } from "./send-budget.js";

/**
 * About thirty frames per second in full resolution, for all pages together, while the monitor is idle; a few
 * when it is busy.
 */
const MAX_BYTES_PER_SECOND = 150e6;
const MIN_BYTES_PER_SECOND = 20e6;
const HISTORY_SAMPLES = 240;
/** Sums over more frames than this are requested as sums since the last reset. */
const MAX_WINDOW = 100_000;
/** Maximum unread data of a page, an image and reports of minutes; it gets nothing more until it reads. */
const MAX_UNREAD_BYTES = 8e6;

type ImageRequest = Extract<PageMessage, { type: "image" }>;

/** Effects of pages outside the view. */
export interface PageEvents {
  /** The number of open pages has changed. */
  count(pages: number): void;
  /** A page requests the pedestals of the dark files. Absent if pages cannot request this. */
  resetPedestals?(): void;
  /** A page controls the playback of a recording. Absent if there is no playback. */
  steer?(command: PlaybackCommand): void;
}

/** What pages learn about the monitor when they open. */
interface PagesMonitor {
  /** Number of raw frames that it keeps; undefined if it keeps none. */
  readonly keeps: number | undefined;
  /** Sum and maximum come from elsewhere, and pages cannot reset them. */
  readonly hasGivenSums: boolean;
  readonly identity: MonitorIdentity;
}

/** The open pages. Each gets an image when it has requested one and there is a newer one. */
export class Pages {
  readonly #images: Images;
  readonly #names: readonly ImageName[];
  readonly #budget: SendBudget;
  readonly #events: PageEvents;
  readonly #history: Sample[] = [];
  readonly #monitor: PagesMonitor;
  #playback: PlaybackReport | undefined;
  #report: Report | undefined;
  readonly #open = new Set<WebSocket>();
  /** Requests of pages, oldest first. */
  readonly #requests = new Map<WebSocket, ImageRequest>();
  /** Newest encoded messages, for other pages with the same request. */
  readonly #encoded = new Map<string, { readonly sequence: number; readonly message: Uint8Array }>();
  #timer: NodeJS.Timeout | undefined;

  /** @param monitor  information for the pages */
  constructor(
    images: Images,
    names: readonly ImageName[],
    nowMs: () => number,
    events: PageEvents,
    monitor: PagesMonitor,
  ) {
    this.#images = images;
    this.#names = names;
    this.#budget = new SendBudget(MAX_BYTES_PER_SECOND, nowMs);
    this.#events = events;
    this.#monitor = monitor;
  }

  get count(): number {
    return this.#open.size;
  }

  open(page: WebSocket): void {
    this.#open.add(page);
    this.#events.count(this.#open.size);
    page.on("message", (data) => this.#listen(page, String(data)));
    page.on("error", () => page.terminate()); // a page that breaks the protocol
    page.on("close", () => {
      this.#requests.delete(page);
      this.#open.delete(page);
      this.#events.count(this.#open.size);
    });
    const { keeps, hasGivenSums, identity } = this.#monitor;
    const hello: Hello = {
      type: "hello",
      images: this.#names,
      canResetPedestals: this.#events.resetPedestals !== undefined,
      history: this.#history,
      identity,
      ...(keeps !== undefined && { keeps }),
      ...(hasGivenSums && { hasGivenSums }),
    };
    page.send(JSON.stringify(hello));
    if (this.#playback !== undefined) page.send(JSON.stringify(this.#playback));
    if (this.#report !== undefined) page.send(JSON.stringify(this.#report));
  }

  /**
   * Send a report on the monitor to all pages.
   *
   * @param spare  share of the monitor's time in which it is idle: a busy one sends less
   */
  report(report: Report, spare: number): void {
    this.#budget.bytesPerSecond = Math.max(MAX_BYTES_PER_SECOND * spare, MIN_BYTES_PER_SECOND);
    this.#report = report;
    this.#history.push(report.sample);
    if (this.#history.length > HISTORY_SAMPLES) this.#history.shift();
    this.#sendAll(report);
  }

  /** Send the position in the recording to all pages. */
  playback(playback: PlaybackReport): void {
    this.#playback = playback;
    this.#sendAll(playback);
  }

  #sendAll(message: ServerMessage): void {
    const text = JSON.stringify(message);
    for (const page of this.#open) if (reads(page)) page.send(text);
  }

  /** Answer the requests for which there is a newer image, within the budget. */
  serve(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [page, { image: name, after, binning }] of this.#requests) {
      const image = this.#images.get(name);
      if (image === undefined || image.header.sequence === after || !reads(page)) continue;
      const waitMs = this.#budget.waitMs;
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.serve(), waitMs);
        return;
      }
      const message = this.#message(image, binning);
      this.#requests.delete(page);
      this.#budget.spend(message.length);
      page.send(message);
    }
  }

  /** Close all pages. */
  close(): void {
    clearTimeout(this.#timer);
    for (const page of this.#open) page.close(1001, "the monitor ends");
  }

  #listen(page: WebSocket, text: string): void {
    const message = parse(text);
    if (message === undefined) page.close(1008, "not a message of this view");
    else if (message.type === "reset") this.#images.reset();
    else if (message.type === "window") this.#images.setWindow(message.frames);
    else if (message.type === "resetPedestals") this.#events.resetPedestals?.();
    else if (message.type === "playback") {
      if (this.#events.steer === undefined) page.close(1008, "no recording is played here");
      else this.#events.steer(message.command);
    } else if (!this.#names.includes(message.image)) page.close(1008, `no image '${message.image}' here`);
    else {
      this.#requests.set(page, message);
      this.serve();
    }
  }

  #message(image: ViewImage, binning: Binning = 1): Uint8Array {
    const { sequence, image: name } = image.header;
    const key = `${name} ${binning}`;
    const last = this.#encoded.get(key);
    if (last?.sequence === sequence) return last.message;
    const { header, data, status } = binning === 1 ? image : binned(image, binning);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const message = Buffer.concat([encodeImageHeader(header), bytes, status]);
    this.#encoded.set(key, { sequence, message });
    return message;
  }
}

function reads(page: WebSocket): boolean {
  return page.bufferedAmount < MAX_UNREAD_BYTES;
}

/** A page's message; undefined if it is invalid. */
function parse(text: string): PageMessage | undefined {
  let message: Partial<Record<string, unknown>>;
  try {
    message = JSON.parse(text) ?? {};
  } catch {
    return undefined;
  }
  const { type, image, after, binning, frames, command } = message;
  if (type === "reset" || type === "resetPedestals") return { type };
  if (type === "window" && (frames === null || isCount(frames))) return { type, frames };
  if (type === "playback" && isCommand(command)) return { type, command };
  const name = IMAGE_NAMES.find((one) => one === image);
  if (type === "image" && name !== undefined && (after === null || typeof after === "number")) {
    const known = BINNINGS.find((one) => one === (binning ?? 1));
    return known && { type, image: name, after, binning: known };
  }
  return undefined;
}

function isCommand(value: unknown): value is PlaybackCommand {
  const { action, exposure, exposures } = (value ?? {}) as Partial<Record<string, unknown>>;
  if (action === "seek") return Number.isSafeInteger(exposure);
  if (action === "step") return Number.isSafeInteger(exposures);
  return action === "play" || action === "pause";
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_WINDOW;
}
