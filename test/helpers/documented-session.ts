import { relative } from "node:path";
import type { ExecutionContext } from "ava";
import { Command } from "./command.js";
import { natsUrl } from "./nats-server.js";
import { PACKAGE_ROOT } from "./package-root.js";
import { fixedAddress, fixedPorts } from "./ports.js";
import type { SharedDetector } from "./shared-detector.js";

/** How a simulated detector is started where a document names no ports of its own. */
const SIMULATE = ["--json", "--wait", "--ports", "0,0", "--rate", "20"];

/**
 * Runs the commands of a block one after the other in one folder. Addresses of receivers become those of a simulated
 * detector, and other ports ones that are free; all else is as it stands.
 */
export class DocumentedSession {
  readonly #t: ExecutionContext;
  readonly #folder: string;
  readonly #running: Command[] = [];
  #detector: readonly string[] | undefined;
  #output: string | undefined;
  /** First of the ports that stand for 12400, 12401, 12500 and 12501. */
  #sharePort: number | undefined;
  #nats: string | undefined;

  constructor(t: ExecutionContext, folder: string) {
    this.#t = t;
    this.#folder = folder;
  }

  /** Use a detector that the commands take for granted, and the files that they name. */
  async use(detector: SharedDetector): Promise<void> {
    this.#detector = (await detector.at(this.#folder)).split(",");
  }

  /** Run a command until it has done what it is for; one that goes on for ever keeps running. */
  async run(words: readonly string[]): Promise<Command> {
    const args = await Promise.all(words.map((word) => this.#substituted(word)));
    const [program, ...rest] = args;
    if (program === "node") {
      const [name, ...others] = rest;
      const script = relative(PACKAGE_ROOT, `${this.#folder}/${name}`);
      return this.#ended(new Command(this.#t, others, { cwd: this.#folder, script }));
    }
    if (program !== "npx" || rest.shift() !== "om-jungfrau")
      throw new Error(`nobody knows '${words.join(" ")}'`);
    if (rest[0] === "simulate" || rest[0] === "replay") return this.#simulate([...rest, ...SIMULATE]);
    const command = new Command(this.#t, rest, { cwd: this.#folder });
    switch (rest[0]) {
      case "keygen":
      case "check":
      case "dark":
      case "show":
      case "record":
        return this.#ended(command);
      case "receive":
        this.#running.push(command);
        await command.logged(/^(?:Monitors pull events from|Monitor 1 of 2 connects to) /m);
        return command;
      case "view":
        this.#running.push(command);
        await command.logged(/^Live view on /m);
        return command;
      case "monitor":
        if (rest.includes("-n")) return this.#ended(command);
        this.#running.push(command);
        await command.line(/^\d+\.\d (?:of \d\S* )?events\/s \| event \d+ \| /);
        return command;
      default:
        throw new Error(`nobody knows '${words.join(" ")}'`);
    }
  }

  /** End what runs, newest first. */
  async end(): Promise<void> {
    for (const command of this.#running.reverse()) {
      command.interrupt();
      this.#t.is(await command.ended(), 0, command.stderr);
    }
  }

  async #simulate(args: readonly string[]): Promise<Command> {
    const command = new Command(this.#t, args, { cwd: this.#folder });
    this.#running.push(command);
    this.#detector = JSON.parse(await command.line(/source/)).source.split(",");
    return command;
  }

  async #ended(command: Command): Promise<Command> {
    this.#t.is(await command.ended(), 0, command.stderr);
    return command;
  }

  async #substituted(word: string): Promise<string> {
    if (/^(?:[\d.]+:)?\d{4,5}$/.test(word)) return word.replace(/\d+$/, "0");
    this.#output ??= await fixedAddress();
    if (word.startsWith("nats://")) {
      this.#nats ??= await natsUrl(this.#t);
      return this.#nats;
    }
    this.#sharePort ??= await fixedPorts(4);
    const first = this.#sharePort;
    return word
      .replaceAll(/(tcp:\/\/127\.0\.0\.1):(?:9007|12325)/g, "$1:0")
      .replaceAll(/tcp:\/\/[\w.]+:3000([12])/g, (url, module) => this.#detector?.[module - 1] ?? url)
      .replaceAll(
        /tcp:\/\/[\w.]+:12([45])0([01])/g,
        (_, port, share) => `tcp://127.0.0.1:${first + (port === "4" ? 0 : 2) + Number(share)}`,
      )
      .replaceAll(/tcp:\/\/[\w.]+:12321/g, this.#output);
  }
}
