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

/** A monitor identifies itself at once. */
const HANDSHAKE_MS = 5000;
const TOO_SLOW = `has refused a client: it did not identify itself within ${HANDSHAKE_MS / 1000} s`;
/** A monitor whose machine is gone does not close its connection. */
const KEEP_ALIVE_MS = 5_000;

/** Events of a connection. */
export interface TcpMonitorListener {
  /** The peer is a monitor, and has room for its first event. */
  onReady(): void;
  /** An event has left this process, so there is room for the next one. */
  onRoom(): void;
  /** The peer has subscribed or unsubscribed; for peers of a PUB socket. */
  onSubscription?(isOn: boolean): void;
  /**
   * The peer was refused or has gone; called once, with the reason if it never was a monitor, as the end of a
   * sentence.
   */
  onEnd(refusal: string | undefined): void;
}

/** One connection to which events are written. */
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
    socket.on("end", () => socket.destroy()); // a peer that has closed reads nothing more
    socket.on("error", () => undefined); // "close" follows
    socket.on("timeout", () => socket.destroy()); // its pings give the time
    socket.on("close", () => this.#end());
    socket.write(GREETING.subarray(0, GREETING_FIRST_BYTES));
  }

  /** Whether it has identified itself as a monitor. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /**
   * Write an event. To be called when there is room.
   *
   * @param done  called once after the last use of the parts' memory: they were written, or never will be
   */
  send(parts: readonly Uint8Array[], done: () => void): void {
    const socket = this.#socket;
    socket.cork(); // all parts in one system call
    for (const [index, part] of parts.entries()) {
      const isLast = index === parts.length - 1;
      socket.write(partStart(part.length, isLast));
      socket.write(part, isLast ? (error) => this.#written(error, done) : undefined);
    }
    socket.uncork();
  }

  /** Finish writing, and disconnect. */
  end(): void {
    this.#socket.destroySoon();
  }

  /** Disconnect. @param refusal  why, as the end of a sentence; not needed for a monitor */
  destroy(refusal?: string): void {
    this.#refusal ??= refusal;
    this.#socket.destroy();
  }

  #written(error: Error | null | undefined, done: () => void): void {
    done();
    // Node.js reports data as written that are on their way when the connection ends.
    if (!error && this.#socket.writable) this.#listener.onRoom();
  }

  #read(bytes: Uint8Array): void {
    try {
      for (const saying of this.#reader.read(bytes)) this.#answer(saying);
    } catch (error) {
      if (!(error instanceof ZmtpRefusal)) throw error;
      this.#refusal = error.message;
      // So that the peer can also report the fault.
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
    // A peer that does not read gets no answers, which would accumulate.
    if (!this.#socket.writableNeedDrain) this.#socket.write(pong(context));
  }

  #end(): void {
    clearTimeout(this.#handshake);
    this.#listener.onEnd(this.#refusal ?? (this.#isReady ? undefined : this.#nameless));
  }

  /**
   * The message for a client that left before it was identified. ZeroMQ's sockets do so if their types are
   * incompatible.
   */
  get #nameless(): string {
    return this.#reader.hasGreeted
      ? "lost a client before it identified itself: is it a ZeroMQ socket of another type?"
      : LOST_CLIENT;
  }
}
