import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { Command } from "./command.js";

/** A simulated detector that the tests of a file share, because its start takes seconds. It ends with the last of them. */
export class SharedDetector {
  readonly #args: readonly string[];
  readonly #ends: (() => unknown)[] = [];
  #started: Promise<{ folder: string; source: string }> | undefined;

  /** @param args  for `simulate`, which sends until its end */
  constructor(...args: readonly string[]) {
    this.#args = args;
    test.after.always("the shared detector ends", async () => {
      for (const end of this.#ends.reverse()) await end();
    });
  }

  /** Copy its files, a monitor's configuration among them, to a folder. @returns its source */
  async at(folder: string): Promise<string> {
    this.#started ??= this.#start();
    const { folder: from, source } = await this.#started;
    for (const name of await readdir(from)) await copyFile(join(from, name), join(folder, name));
    return source;
  }

  async #start() {
    const folder = await mkdtemp(join(tmpdir(), "om-jungfrau-detector-"));
    this.#ends.push(() => rm(folder, { recursive: true, force: true }));
    const simulator = new Command({ teardown: (end) => this.#ends.push(end) }, [
      ...["simulate", "--json", "--ports", "0,0", "--out", folder],
      ...this.#args,
    ]);
    const { source } = JSON.parse(await simulator.line(/source/));
    return { folder, source: String(source) };
  }
}
