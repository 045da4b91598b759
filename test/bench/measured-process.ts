import { type ChildProcessByStdio, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

/** Linux counts processor time in these; it has been 10 ms on every machine for decades. */
const TICK_MS = 10;
/** Less processor time than that in as long is a process that waits. */
const IDLE = { cpuMs: 20, windowMs: 300, timeoutMs: 6000 };

/** A line of a process, and when it came: milliseconds since 1970. */
export interface TimedLine {
  readonly text: string;
  readonly atMs: number;
}

/** A process whose lines, processor time and memory are measured from outside: it may be of any language or version. */
export class MeasuredProcess {
  readonly lines: TimedLine[] = [];
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #ended: Promise<void>;
  #stderr = "";
  #arrived: () => void = () => undefined;

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
      this.#arrived();
    });
    this.#child.stdin.on("error", () => undefined); // it has ended; whoever waits for it says so
    createInterface({ input: this.#child.stdout }).on("line", (text) => {
      this.lines.push({ text, atMs: performance.timeOrigin + performance.now() });
      this.#arrived();
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once("close", () => {
        this.#arrived();
        resolve();
      });
    });
    process.setMaxListeners(0);
    process.once("exit", () => this.#child.kill("SIGKILL"));
  }

  write(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** The line of that number, from 0, as soon as there is one. */
  line(index: number): Promise<string> {
    return this.#found(() => this.lines[index]?.text);
  }

  /** The first line that matches, as soon as there is one. */
  match(pattern: RegExp): Promise<string> {
    return this.#found(() => this.lines.find(({ text }) => pattern.test(text))?.text);
  }

  /** What the pattern's group finds on standard error, as soon as it does. */
  errorMatch(pattern: RegExp): Promise<string> {
    return this.#found(() => pattern.exec(this.#stderr)?.[1]);
  }

  async #found(find: () => string | undefined): Promise<string> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      if (this.#child.exitCode !== null) throw this.failure("ended without a line that was expected");
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }

  /** Processor time of all its threads since its start. */
  cpuMs(): number {
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, "utf8");
    const [user, system] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 13);
    return TICK_MS * (Number(user) + Number(system));
  }

  /** The most memory that it has had. */
  peakMegabytes(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
    return (Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024) / 1e6;
  }

  /** Resolves when it has done what it had to do. */
  async idle(): Promise<void> {
    const until = performance.now() + IDLE.timeoutMs;
    for (let before = Number.NEGATIVE_INFINITY; performance.now() < until; ) {
      const now = this.cpuMs();
      if (now - before <= IDLE.cpuMs) return;
      before = now;
      await delay(IDLE.windowMs);
    }
  }

  /** Ask it to end, as Ctrl-C does, and wait until it has. */
  async stop(): Promise<void> {
    this.#child.kill("SIGINT");
    const killed = setTimeout(() => this.#child.kill("SIGKILL"), 5000);
    await this.#ended;
    clearTimeout(killed);
  }

  failure(what: string): Error {
    return new Error(`${this.#child.spawnargs.join(" ")} ${what}:\n${this.#stderr}`);
  }
}
