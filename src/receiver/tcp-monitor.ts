import type { Socket } from "node:net";
import { LOST_CLIENT } from "../security/index.js";
import {
  GREETING,
  GREETING_FIRST_BYTES,
  PUSH,
  partStart,
  pong,
  ready,
  type Saying,
  type SocketRole,
  ZmtpReader,
  ZmtpRefusal,
} from "./zmtp.js";

/** A monitor says at once that it is one. */
const HANDSHAKE_MS = 5000;
const TOO_SLOW = `has refused a client: it did not identify itself within ${HANDSHAKE_MS / 1000} s`;
/** A monitor whose machine is gone says no farewell. */
const KEEP_ALIVE_MS = 5_000;

/** What a connection has to say. */
export interface TcpMonitorListener {
  /** It is a monitor, and has room for its first event. */
  onReady(): void;
  /** An event has left this process, so there is room for the next one. */
  onRoom(): void;
  /** It subscribes to messages, or cancels that; of a PUB socket's peers. */
  onSubscription?(isOn: boolean): void;
  /** It was refused, or has gone; called once, with the reason if it never was a monitor, as the end of a sentence. */
  onEnd(refusal: string | undefined): void;
}

/** One connection that events are written to. */
export class TcpMonitor {
  readonly #socket: Socket;
  readonly #listener: TcpMonitorListener;
  readonly #role: SocketRole;
  readonly #reader: ZmtpReader;
  readonly #handshake: NodeJS.Timeout;
  #isReady = false;
  #refusal: string | undefined;

  constructor(socket: Socket, listener: TcpMonitorListener, role: SocketRole = PUSH) {
    this.#socket = socket;
    this.#listener = listener;
    this.#role = role;
    this.#reader = new ZmtpReader(role);
    this.#handshake = setTimeout(() => this.destroy(TOO_SLOW), HANDSHAKE_MS).unref();
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on("data", (bytes) => this.#read(bytes));
    socket.on("end", () => socket.destroy()); // who has closed reads no more
    socket.on("error", () => undefined); // "close" follows
    socket.on("timeout", () => socket.destroy()); // its pings say after how long
    socket.on("close", () => this.#end());
    socket.write(GREETING.subarray(0, GREETING_FIRST_BYTES));
  }

  /** Whether it has said that it is a monitor. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /**
   * Write an event. To be called when there is room.
   *
   * @param done  called once when nobody reads the parts' memory any more: they were written, or never will be
   */
  send(parts: readonly Uint8Array[], done: () => void): void {
    const socket = this.#socket;
    socket.cork(); // all parts in one call to the system
    for (const [index, part] of parts.entries()) {
      const isLast = index === parts.length - 1;
      socket.write(partStart(part.length, isLast));
      socket.write(part, isLast ? (error) => this.#written(error, done) : undefined);
    }
    socket.uncork();
  }

  /** Write what was begun, and hang up. */
  end(): void {
    this.#socket.destroySoon();
  }

  /** Hang up. @param refusal  why, as the end of a sentence; not needed for a monitor */
  destroy(refusal?: string): void {
    this.#refusal ??= refusal;
    this.#socket.destroy();
  }

  #written(error: Error | null | undefined, done: () => void): void {
    done();
    // Of what is on its way when the connection ends, Node.js says that it was written.
    if (!error && this.#socket.writable) this.#listener.onRoom();
  }

  #read(bytes: Uint8Array): void {
    try {
      for (const saying of this.#reader.read(bytes)) this.#answer(saying);
    } catch (error) {
      if (!(error instanceof ZmtpRefusal)) throw error;
      this.#refusal = error.message;
      // So it can say as well what is wrong.
      if (!this.#reader.hasGreeted) this.#socket.write(GREETING.subarray(GREETING_FIRST_BYTES));
      this.#socket.destroySoon();
    }
  }

  #answer(saying: Saying): void {
    if (saying.kind === "greeting") {
      this.#socket.write(Buffer.concat([GREETING.subarray(GREETING_FIRST_BYTES), ready(this.#role)]));
    }
    if (saying.kind === "ping") this.#answerPing(saying.context, saying.timeToLiveMs);
    if (saying.kind === "subscription") this.#listener.onSubscription?.(saying.isOn);
    if (saying.kind === "ready" && !this.#isReady) {
      clearTimeout(this.#handshake);
      this.#isReady = true;
      this.#listener.onReady();
    }
  }

  #answerPing(context: Uint8Array, timeToLiveMs: number): void {
    this.#socket.setTimeout(timeToLiveMs);
    // Who does not read sees no answer either; they would pile up.
    if (!this.#socket.writableNeedDrain) this.#socket.write(pong(context));
  }

  #end(): void {
    clearTimeout(this.#handshake);
    this.#listener.onEnd(this.#refusal ?? (this.#isReady ? undefined : this.#nameless));
  }

  /** What is said of who left before it was a monitor. ZeroMQ's sockets do so when they see that the two do not fit. */
  get #nameless(): string {
    return this.#reader.hasGreeted
      ? "lost a client before it identified itself: is it a ZeroMQ socket of another type?"
      : LOST_CLIENT;
  }
}
