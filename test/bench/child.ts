import { type ChildProcess, fork } from "node:child_process";
import { inPackage } from "../helpers/package-root.js";

/** A part of a benchmark in a process of its own, which answers one question at a time. */
export class BenchChild {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;

  /** @param script  name in this folder, without ending */
  constructor(script: string, args: readonly string[]) {
    this.#process = fork(inPackage("dist", "test", "bench", `${script}.js`), args);
    this.#exited = new Promise((resolve) => this.#process.once("exit", resolve));
    process.setMaxListeners(0);
    process.once("exit", () => this.#process.kill("SIGKILL"));
  }

  ask<Answer>(question: object = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const exited = () => reject(new Error(`${this.#process.spawnargs.at(1)} ended before it answered`));
      this.#process.once("exit", exited);
      this.#process.once("message", (answer) => {
        this.#process.off("exit", exited);
        resolve(answer as Answer);
      });
      this.#process.send(question);
    });
  }

  async stop(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#exited;
  }
}

/** The child's side of {@link BenchChild.ask}. */
export function answer<Question>(answerOne: (question: Question) => Promise<object> | object): void {
  process.on("message", async (question) => process.send?.(await answerOne(question as Question)));
  process.once("disconnect", () => process.exit());
}
