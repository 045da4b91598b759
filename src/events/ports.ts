import type { ModuleFrame } from "../stream/index.js";
import type { Arrival, Exposure } from "./exposure.js";
import { Port } from "./port.js";

/** A port that sends nothing for this long, while others send frames, is not waited for. */
const ABSENT_SECONDS = 1;
/** Each of the others must have sent this many frames meanwhile; otherwise the whole detector is slow. */
const ABSENT_FRAMES = 3;
/** If each port has sent this many frames and none was paired, pairing fails. */
const VAIN_FRAMES = 3;
/** The frames of a backlog follow each other within this. */
export const BACKLOG_SECONDS = 0.01;

/** All ports of the detector, by their indices. */
export class Ports {
  readonly #ports: readonly Port[];
  #firstSeconds: number | undefined;
  #frames = 0;

  constructor(count: number) {
    this.#ports = Array.from({ length: count }, () => new Port());
  }

  get size(): number {
    return this.#ports.length;
  }

  /** The port that brought a frame. */
  of({ portIndex }: ModuleFrame): Port {
    const port = this.#ports[portIndex];
    if (port === undefined) throw new RangeError(`The detector has no port ${portIndex}`);
    return port;
  }

  every(predicate: (port: Port, index: number) => boolean): boolean {
    return this.#ports.every(predicate);
  }

  some(predicate: (port: Port, index: number) => boolean): boolean {
    return this.#ports.some(predicate);
  }

  /** Count a frame before it is examined. */
  count(seconds: number): void {
    this.#firstSeconds ??= seconds;
    this.#frames += 1;
  }

  /** Record a frame. @returns its port */
  note(frame: ModuleFrame): Port {
    const port = this.of(frame);
    port.note(frame, this.#frames);
    return port;
  }

  /** Whether a restart of any port's numbers was seen. Before, an exposure cannot be confused with another one. */
  get haveBegunAgain(): boolean {
    return this.#ports.some(({ runBefore }) => runBefore !== undefined);
  }

  /** The monitor has unsubscribed from all ports. */
  pause(): void {
    for (const port of this.#ports) port.pause();
  }

  /** Whether a frame of the exposure did not arrive because the monitor had unsubscribed. */
  haveCutOff({ slots, frameNumber, arrivals }: Exposure): boolean {
    const newest = Math.max(...arrivals.map(({ frame }) => frame.arrivalSeconds));
    // An absent port would not have sent it in any case.
    const isCutOff = (port: Port) => port.isUnasked(frameNumber) && !this.isAbsent(port, newest);
    return this.#ports.some((port, index) => slots[index] === undefined && isCutOff(port));
  }

  /** Record that an exposure was paired. */
  notePair(): void {
    for (const port of this.#ports) port.framesSincePair = 0;
  }

  /** Whether all ports send frames, but none are paired. */
  get areInVain(): boolean {
    return this.#ports.every(({ framesSincePair }) => framesSincePair >= VAIN_FRAMES);
  }

  /** The shortest time, in seconds, after which a number came back recently; infinite if none did. */
  get returnSeconds(): number {
    return Math.min(...this.#ports.map(({ returnSeconds }) => returnSeconds));
  }

  /** Whether a port is absent, so that nothing waits for it. */
  isAbsent({ newestSeconds, framesUntilNewest }: Port, nowSeconds: number): boolean {
    const since = Math.max(newestSeconds, this.#firstSeconds ?? nowSeconds);
    const others = this.#ports.length - 1;
    return nowSeconds - since > ABSENT_SECONDS && this.#frames - framesUntilNewest >= ABSENT_FRAMES * others;
  }

  /** Whether a port's newest frame seems to be from a backlog: the frames of other ports arrive at a slower rate. */
  isBurst(port: Port): boolean {
    const others = this.#ports.filter((other) => other !== port);
    return port.isBurst(Math.min(...others.map(({ gapSeconds }) => gapSeconds)));
  }

  /**
   * Whether another frame of the port arrived so soon after a frame that both are from a backlog.
   *
   * @param gapSeconds  the time between frames at the detector's rate; by default, the time before this frame
   */
  isFollowedAtOnce({ frame, gapSeconds: own }: Arrival, gapSeconds = own): boolean {
    return this.of(frame).isFollowedWithin(frame.arrivalSeconds, Math.min(BACKLOG_SECONDS, gapSeconds / 2));
  }
}
