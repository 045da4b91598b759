import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { inPackage } from "./package-root.js";
import type { Teardown } from "./shared.js";
import { PATIENCE_MS } from "./until.js";

const CLI = "dist/src/cli/main.js";

/** What begins each line of the log. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d /gm;

/** A running `om-jungfrau` command, or a script of the tests. */
export class Command {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #ended: Promise<number | null>;
  readonly #lines: Interface;
  readonly #stdout: string[] = [];
  #stderr = "";

  /** The process is killed after the test, should it still run. */
  constructor(
    t: Teardown,
    args: readonly string[],
    { script = CLI, ...options }: { cwd?: string; script?: string } = {},
  ) {
    this.#child = spawn(process.execPath, [inPackage(script), ...args], {
      ...options,
      // Of the command line nothing is measured: it would only take time to write it down.
      env: { ...process.env, NODE_V8_COVERAGE: undefined },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#ended = new Promise((resolve) => this.#child.once("close", (code) => resolve(code)));
    this.#lines = createInterface({ input: this.#child.stdout });
    this.#lines.on("line", (line) => this.#stdout.push(line));
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    t.teardown(() => this.#child.kill("SIGKILL"));
  }

  /** Lines of standard output so far. */
  get stdout(): readonly string[] {
    return this.#stdout;
  }

  /** Standard error so far, without the times of the log: stderr-logger.test.ts looks at those. */
  get stderr(): string {
    return this.#stderr.replaceAll(TIME, "");
  }

  /** The first line of standard output that matches, now or later; fails when the command ends without it. */
  line(pattern: RegExp): Promise<string> {
    return this.#find((line) => pattern.test(line), `a line like ${pattern}`);
  }

  /** As {@link line}, for a line that comes from now on. */
  nextLine(matches: (line: string) => boolean): Promise<string> {
    return this.#find(matches, "the line", this.#stdout.length);
  }

  async #find(matches: (line: string) => boolean, what: string, from = 0): Promise<string> {
    for (let index = from; ; ) {
      for (; index < this.#stdout.length; index++) {
        const line = this.#stdout[index] as string;
        if (matches(line)) return line;
      }
      const code = await this.#patiently((next) => this.#lines.once("line", next), what);
      if (code !== undefined) throw new Error(`ended with ${code} without ${what}:\n${this.stderr}`);
    }
  }

  /** Close standard output, as `| head -1` does. */
  stopReading(): void {
    this.#lines.close();
    this.#child.stdout.destroy();
  }

  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** End it as a power failure does; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  /** Hold it up where it is. */
  stop(): void {
    this.#child.kill("SIGSTOP");
  }

  /** Let it go on from there. */
  continue(): void {
    this.#child.kill("SIGCONT");
  }

  /** The first match of what was logged, now or later; fails when the command ends without it. */
  async logged(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.stderr);
      if (match !== null) return match;
      const code = await this.#patiently((next) => this.#child.stderr.once("data", next), `${pattern}`);
      if (code !== undefined && !pattern.test(this.stderr))
        throw new Error(`ended with ${code} without logging ${pattern}:\n${this.stderr}`);
    }
  }

  /** Wait for something to happen. @returns the exit code if the command has ended instead */
  async #patiently(happens: (next: () => void) => void, what: string): Promise<number | null | undefined> {
    const next = new Promise<undefined>((resolve) => happens(() => resolve(undefined)));
    const abort = new AbortController();
    const inVain = delay(PATIENCE_MS, "in vain", { signal: abort.signal }).catch(() => "aborted");
    const code = await Promise.race([next, this.#ended, inVain]);
    abort.abort();
    if (typeof code === "string") throw new Error(`waited in vain for ${what}:\n${this.stderr}`);
    return code;
  }

  /** Exit code, when the command has ended. */
  async ended(): Promise<number | null> {
    return (await this.#patiently(() => undefined, "its end")) ?? null;
  }
}
