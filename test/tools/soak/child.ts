import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { inPackage } from "../../helpers/package-root.js";

const LOG_CHARACTERS = 100_000;
/** How long a command may take to end. */
const PATIENCE_MS = 20_000;

/** An `om-jungfrau` command of a soak. Ctrl-C at the terminal does not reach it, so that the soak ends it in order. */
export class SoakChild {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #log = "";

  constructor(args: readonly string[]) {
    const command = [inPackage("dist", "src", "cli", "main.js"), ...args];
    this.#child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"], detached: true });
    this.#ended = once(this.#child, "close");
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#log = (this.#log + text).slice(-LOG_CHARACTERS);
      });
    process.setMaxListeners(0);
    process.once("exit", () => this.#child.kill("SIGKILL"));
  }

  /** Its newest output. */
  get log(): string {
    return this.#log;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What the pattern's group finds in its output, as soon as it does. */
  async logged(pattern: RegExp): Promise<string> {
    for (;;) {
      const [, found] = pattern.exec(this.#log) ?? [];
      if (found !== undefined) return found;
      if (!this.isRunning) throw new Error(`${this.#child.spawnargs.join(" ")} has ended:\n${this.#log}`);
      await Promise.race([
        once(this.#child.stdout ?? this.#child, "data"),
        once(this.#child.stderr ?? this.#child, "data"),
        this.#ended,
      ]);
    }
  }

  /** Memory and open files of the process, from /proc. */
  resources(): { readonly rssMegabytes: number; readonly handles: number } {
    const { pid } = this.#child;
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return {
      rssMegabytes: (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024) / 1e6,
      handles: readdirSync(`/proc/${pid}/fd`).length,
    };
  }

  /** @returns its exit code; null if it was killed */
  async end(signal: "SIGINT" | "SIGKILL"): Promise<number | null> {
    this.#child.kill(signal);
    const killed = setTimeout(() => this.#child.kill("SIGKILL"), PATIENCE_MS);
    await this.#ended;
    clearTimeout(killed);
    return this.#child.exitCode;
  }
}
