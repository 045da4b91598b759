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

/** What pages bring about outside of the view. */
export interface PageEvents {
  /** The number of open pages is another. */
  count(pages: number): void;
  /** A page asks for the pedestals of the dark files. Left out where pages cannot ask for it. */
  resetPedestals?(): void;
  /** A page steers the playback of a recording. Left out where nothing is played. */
  steer?(command: PlaybackCommand): void;
}

/** What pages are told of the monitor when they open. */
interface PagesMonitor {
  /** How many raw frames it keeps; undefined if none. */
  readonly keeps: number | undefined;
  /** Sum and maximum are given, and pages cannot begin them again. */
  readonly hasGivenSums: boolean;
  readonly identity: MonitorIdentity;
}

/** The pages that are open: each gets an image when it has asked for one and there is a newer one. */
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
  /** What pages wait for; who has waited longest is first. */
  readonly #requests = new Map<WebSocket, ImageRequest>();
  /** Messages as they were last sent, for other pages that ask for the same. */
  readonly #encoded = new Map<string, { readonly sequence: number; readonly message: Uint8Array }>();
  #timer: NodeJS.Timeout | undefined;

  /** @param monitor  what a page has to know of the monitor */
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
   * Tell all pages how the monitor is doing.
   *
   * @param spare  part of the monitor's time in which it has nothing to do: who has little gets less sent
   */
  report(report: Report, spare: number): void {
    this.#budget.bytesPerSecond = Math.max(MAX_BYTES_PER_SECOND * spare, MIN_BYTES_PER_SECOND);
    this.#report = report;
    this.#history.push(report.sample);
    if (this.#history.length > HISTORY_SAMPLES) this.#history.shift();
    this.#sendAll(report);
  }

  /** Tell all pages how far the recording is. */
  playback(playback: PlaybackReport): void {
    this.#playback = playback;
    this.#sendAll(playback);
  }

  #sendAll(message: ServerMessage): void {
    const text = JSON.stringify(message);
    for (const page of this.#open) if (reads(page)) page.send(text);
  }

  /** Send what pages wait for, as far as it is there and may be sent now. */
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

/** A page's message; undefined if it is none. */
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
