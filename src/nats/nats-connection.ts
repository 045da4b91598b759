import { setTimeout as delay } from "node:timers/promises";
import type { Msg, NatsConnection, Subscription } from "@nats-io/transport-node";
import type { Logger } from "../api/index.js";
import { messageOf } from "../errors.js";
import type { NatsCredentials } from "./credentials.js";

/** What was sent and not confirmed by the server yet, at most: what comes on top is dropped. */
const MAX_UNCONFIRMED_BYTES = 4 * 2 ** 20;
/** Servers accept a megabyte by default. */
const MAX_CHUNK_BYTES = 2 ** 19;
const CONNECT_TIMEOUT_MS = 2000;
const RETRY_MS = 1000;
/** A server that does not answer for two of these is given up, and connected to again. */
const PING_INTERVAL_MS = 3000;
/** How long the last messages may take when this side ends. */
const CLOSE_TIMEOUT_MS = 1000;
/** How long the messages of an answer may take. */
const ANSWER_TIMEOUT_MS = 5000;

type Handler = (message: Msg) => void;

/**
 * A connection to a NATS server that need not be there: it connects in the background, again and again. What is published
 * while there is no connection, or more than the server takes, is dropped and counted; nothing ever waits for it.
 */
export class Nats {
  readonly #url: string;
  readonly #name: string;
  readonly #logger: Logger;
  readonly #credentials: NatsCredentials | undefined;
  readonly #handlers = new Map<string, Handler>();
  readonly #end = new AbortController();
  readonly #ended: Promise<void>;
  #connection: NatsConnection | undefined;
  #isUp = false;
  /** Goes up with each connection: what was sent before is no longer waited for. */
  #epoch = 0;
  #unconfirmedBytes = 0;
  #confirming: Promise<void> | undefined;
  #dropped = 0;
  #asked = 0;
  #problem: string | undefined;

  /**
   * @param url          `nats://HOST:PORT`, see `isNatsUrl`
   * @param name         of this client, for the server's logs
   * @param credentials  none if undefined
   */
  constructor(url: string, name: string, logger: Logger, credentials?: NatsCredentials) {
    this.#url = url;
    this.#name = name;
    this.#logger = logger;
    this.#credentials = credentials;
    this.#ended = this.#keepConnected();
  }

  get isConnected(): boolean {
    return this.#isUp;
  }

  /** Messages that were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Why there is no connection; undefined while there is one. */
  get problem(): string | undefined {
    return this.#isUp ? undefined : (this.#problem ?? "not connected yet");
  }

  /** Call a handler with each message on a subject, over all connections. */
  subscribe(subject: string, handler: Handler): void {
    this.#handlers.set(subject, handler);
    if (this.#connection !== undefined) listen(this.#connection, subject, handler);
  }

  /** Whether a message of this size would be sent now. If not, it counts as dropped. */
  canPublish(sizeBytes = 0): boolean {
    if (this.#isUp && this.#unconfirmedBytes + sizeBytes <= MAX_UNCONFIRMED_BYTES) return true;
    this.#dropped += 1;
    return false;
  }

  /** Send a message, or drop it. @param payload  must not change any more */
  publish(subject: string, payload: Uint8Array | string, reply?: string): void {
    if (this.canPublish(payload.length)) this.#send(subject, payload, reply);
  }

  /**
   * Send an answer: a message of JSON, and the bytes in as many messages as it takes. Gives up when the connection is lost.
   *
   * @param bytes  must not change any more
   */
  async answer(subject: string, header: object, bytes: Uint8Array): Promise<void> {
    this.publish(subject, JSON.stringify(header));
    const epoch = this.#epoch;
    for (let offset = 0; offset < bytes.length; offset += MAX_CHUNK_BYTES) {
      const chunk = bytes.subarray(offset, offset + MAX_CHUNK_BYTES);
      // Half of it, so that events have room beside an answer.
      while (this.#unconfirmedBytes > MAX_UNCONFIRMED_BYTES / 2) await this.#confirming;
      if (!this.#isUp || epoch !== this.#epoch) return;
      this.#send(subject, chunk);
    }
  }

  /**
   * Ask for what {@link answer} sends.
   *
   * @param maxBytes  a longer answer is refused
   * @returns undefined if there is none, or it did not come in time
   */
  async ask<Header extends { readonly bytes: number }>(
    subject: string,
    maxBytes: number,
  ): Promise<{ readonly header: Header; readonly bytes: Uint8Array } | undefined> {
    const connection = this.#connection;
    if (connection === undefined || !this.#isUp) return undefined;
    this.#asked += 1;
    const inbox = `_INBOX.om.${connection.info?.client_id ?? 0}.${this.#asked}`;
    const subscription = connection.subscribe(inbox, { timeout: ANSWER_TIMEOUT_MS });
    const timeout = setTimeout(() => subscription.unsubscribe(), ANSWER_TIMEOUT_MS).unref();
    try {
      connection.publish(subject, undefined, { reply: inbox });
      return await collect<Header>(subscription, maxBytes);
    } catch {
      return undefined; // nobody is there, or what came is not an answer
    } finally {
      clearTimeout(timeout);
      if (!subscription.isClosed()) subscription.unsubscribe();
    }
  }
  /** Send what is on its way, for a second at most. Harmless when repeated. */
  async close(): Promise<void> {
    if (this.#end.signal.aborted) return;
    if (this.#isUp) await within(CLOSE_TIMEOUT_MS, this.#connection?.flush());
    this.#end.abort();
    await within(CLOSE_TIMEOUT_MS, this.#connection?.close());
    await within(CLOSE_TIMEOUT_MS, this.#ended);
  }

  #send(subject: string, payload: Uint8Array | string, reply?: string): void {
    this.#connection?.publish(subject, payload, reply === undefined ? {} : { reply });
    this.#unconfirmedBytes += payload.length;
    this.#confirming ??= this.#confirm();
  }

  /** Ask the server until it has confirmed everything; one question at a time. */
  async #confirm(): Promise<void> {
    const epoch = this.#epoch;
    while (this.#unconfirmedBytes > 0 && epoch === this.#epoch) {
      const bytes = this.#unconfirmedBytes;
      try {
        await this.#connection?.flush();
      } catch {
        break; // the connection is lost, and with it what was on its way
      }
      if (epoch === this.#epoch) this.#unconfirmedBytes -= bytes;
    }
    if (epoch === this.#epoch) this.#confirming = undefined;
  }

  async #keepConnected(): Promise<void> {
    const { signal } = this.#end;
    // With the first connection: nobody else has to load it.
    const { connect, credsAuthenticator } = await import("@nats-io/transport-node");
    const credentials = this.#credentials;
    const identity =
      credentials !== undefined && "creds" in credentials
        ? { authenticator: credsAuthenticator(Buffer.from(credentials.creds)) }
        : credentials;
    while (!signal.aborted) {
      try {
        const connection = await connect({
          servers: this.#url,
          name: this.#name,
          ...identity,
          reconnect: false,
          timeout: CONNECT_TIMEOUT_MS,
          pingInterval: PING_INTERVAL_MS,
          ignoreClusterUpdates: true,
        });
        if (signal.aborted) return await connection.close();
        this.#connected(connection);
        const error = await connection.closed();
        this.#disconnected(error ? messageOf(error) : "the server has closed the connection");
      } catch (error) {
        this.#disconnected(messageOf(error));
      }
      await delay(RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  #connected(connection: NatsConnection): void {
    this.#begin();
    this.#connection = connection;
    this.#isUp = true;
    this.#problem = undefined;
    this.#logger.info(`Connected to ${this.#url}`);
    for (const [subject, handler] of this.#handlers) listen(connection, subject, handler);
  }

  #disconnected(problem: string): void {
    this.#begin();
    this.#isUp = false;
    this.#connection = undefined;
    if (problem === this.#problem || this.#end.signal.aborted) return;
    this.#problem = problem;
    const hint = /authorization/i.test(problem)
      ? " Give the server's credentials with --nats-credentials."
      : "";
    this.#logger.warn(`Not connected to ${this.#url}: ${problem}.${hint} It is tried again every second`);
  }

  #begin(): void {
    this.#epoch += 1;
    this.#unconfirmedBytes = 0;
    this.#confirming = undefined;
  }
}

function listen(connection: NatsConnection, subject: string, handler: Handler): void {
  connection.subscribe(subject, {
    callback: (error, message) => {
      if (error === null) handler(message);
    },
  });
}

async function collect<Header extends { readonly bytes: number }>(
  subscription: Subscription,
  maxBytes: number,
): Promise<{ readonly header: Header; readonly bytes: Uint8Array } | undefined> {
  let header: Header | undefined;
  let bytes = Buffer.alloc(0);
  let received = 0;
  for await (const message of subscription) {
    if (header === undefined) {
      header = message.json<Header>();
      const size = Number(header.bytes);
      if (!(size > 0 && size <= maxBytes)) return undefined;
      bytes = Buffer.allocUnsafeSlow(size);
      continue;
    }
    if (received + message.data.length > bytes.length) return undefined;
    bytes.set(message.data, received);
    received += message.data.length;
    if (received === bytes.length) return { header, bytes };
  }
  return undefined;
}

async function within(ms: number, promise: Promise<unknown> | undefined): Promise<void> {
  const timeout = new AbortController();
  await Promise.race([
    promise?.catch(() => undefined),
    delay(ms, undefined, { signal: timeout.signal }).catch(() => undefined),
  ]);
  timeout.abort();
}
