import { Publisher } from "zeromq";
import type { Logger } from "../api/index.js";
import { HostError, messageOf } from "../errors.js";
import { type Array2D, isArray2D, type MonitoredEvent } from "../host/index.js";
import { parseTcpAddress } from "../stream/index.js";
import type { EventOutput } from "./event-output.js";

/** Nobody can follow more. */
const MAX_FRAMES_PER_SECOND = 10;
/** Frames that may wait for each reader; it misses those that do not fit. */
const HIGH_WATER_MARK = 2;

/** Encodes a frame for another program as the parts of a ZeroMQ message, which own their memory. */
export type FrameEncoder = (event: MonitoredEvent, frame: Array2D) => (string | Uint8Array)[];

export interface PublishedFramesOptions {
  /** `tcp://HOST:PORT` to listen on; port 0 for any free one. */
  readonly url: string;
  /** The frames' reader, for messages. */
  readonly reader: string;
  readonly encode: FrameEncoder;
  readonly logger: Logger;
}

/** Publishes frames of a monitor on a PUB socket, at most ten per second. It never waits for a reader. */
export class PublishedFrames implements EventOutput {
  /** With the port that was chosen for port 0. */
  readonly url: string;
  readonly #socket: Publisher;
  readonly #options: PublishedFramesOptions;
  #nextMs = 0;
  #published = 0;
  #seen = 0;

  private constructor(socket: Publisher, options: PublishedFramesOptions) {
    this.#socket = socket;
    this.#options = options;
    this.url = socket.lastEndpoint ?? options.url;
  }

  /** @throws {HostError} HOST_CANNOT_LISTEN */
  static async bind(options: PublishedFramesOptions): Promise<PublishedFrames> {
    const { url, reader, logger } = options;
    const socket = new Publisher({
      linger: 0,
      sendHighWaterMark: HIGH_WATER_MARK,
      ipv6: url.includes("["),
    });
    try {
      // ZeroMQ would accept an invalid port, and listen on another.
      if (parseTcpAddress(url) === undefined) throw new Error("there is no such address");
      await socket.bind(url.replace(/:0$/, ":*"));
    } catch (error) {
      socket.close();
      throw new HostError(
        "HOST_CANNOT_LISTEN",
        `Cannot publish frames for ${reader} on '${url}': ${messageOf(error)}. Write tcp://HOST:PORT, with an address of this ` +
          "machine and a free port.",
        { cause: error },
      );
    }
    const frames = new PublishedFrames(socket, options);
    logger.info(`Frames for ${reader} on ${frames.url}`);
    return frames;
  }

  write(monitored: MonitoredEvent): void {
    const frame = Object.values(monitored.data).find(isArray2D);
    if (frame === undefined) return;
    this.#seen += 1;
    const nowMs = performance.now();
    if (nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + 1000 / MAX_FRAMES_PER_SECOND;
    this.#published += 1;
    // A PUB socket takes a message at once, or drops it for a reader whose queue is full.
    this.#socket.send(this.#options.encode(monitored, frame)).catch(() => undefined);
  }

  close(): void {
    const { reader, logger } = this.#options;
    this.#socket.close();
    logger.info(`Published ${this.#published} of ${this.#seen} frames for ${reader}`);
  }
}
