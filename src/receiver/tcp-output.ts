import { MonitorServer, type MonitorServerListener } from "./monitor-server.js";
import type { Output, OutputMessage, OutputOptions } from "./output.js";
import type { TcpMonitor } from "./tcp-monitor.js";
import { PUSH } from "./zmtp.js";

/**
 * A PUSH socket without encryption. A connection reports when an event was written. Then its memory is freed, and the
 * monitor has room for the next event, so no monitor has to be polled. This process holds at most one event per
 * monitor.
 */
export class TcpOutput implements Output {
  readonly waits: boolean;
  readonly #server: MonitorServer;
  readonly #idle: IdleMonitors;

  private constructor(server: MonitorServer, idle: IdleMonitors, waits: boolean) {
    this.#server = server;
    this.#idle = idle;
    this.waits = waits;
  }

  /** @throws {StreamError} STREAM_CANNOT_LISTEN */
  static async listen({ waits, ...options }: Omit<OutputOptions, "keys">): Promise<TcpOutput> {
    const idle = new IdleMonitors();
    return new TcpOutput(await MonitorServer.listen({ ...options, role: PUSH }, idle), idle, waits);
  }

  get url(): string {
    return this.#server.url;
  }

  get monitorCount(): number {
    return this.#server.monitorCount;
  }

  get refusedCount(): number {
    return this.#server.refusedCount;
  }

  async room(signal: AbortSignal): Promise<void> {
    const wake = () => this.#idle.wake();
    signal.addEventListener("abort", wake);
    while (!signal.aborted && !this.#server.isClosed && this.#idle.isEmpty) await this.#idle.change();
    signal.removeEventListener("abort", wake);
  }

  async send({ parts, release }: OutputMessage): Promise<boolean> {
    while (this.waits && this.#idle.isEmpty && !this.#server.isClosed) await this.#idle.change();
    const monitor = this.#server.isClosed ? undefined : this.#idle.take();
    if (monitor === undefined) {
      release();
      return false;
    }
    monitor.send(parts, release);
    return true;
  }

  close(): void {
    this.#server.close();
    this.#idle.wake();
  }
}

/** Monitors that can take an event at once; the one that has waited longest is first. */
class IdleMonitors implements MonitorServerListener {
  readonly #monitors = new Set<TcpMonitor>();
  /** Callbacks of those that wait for such a monitor, or for the end. */
  #waiting: (() => void)[] = [];

  get isEmpty(): boolean {
    return this.#monitors.size === 0;
  }

  take(): TcpMonitor | undefined {
    const [monitor] = this.#monitors;
    if (monitor !== undefined) this.#monitors.delete(monitor);
    return monitor;
  }

  onReady(monitor: TcpMonitor): void {
    this.onRoom(monitor);
  }

  onRoom(monitor: TcpMonitor): void {
    this.#monitors.add(monitor);
    this.wake();
  }

  onEnd(monitor: TcpMonitor): void {
    this.#monitors.delete(monitor);
  }

  /** Resolves at the next {@link wake}. */
  change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
