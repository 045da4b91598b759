import { copyFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "./command.js";
import { temporaryFolder } from "./constants-files.js";
import { shared } from "./shared.js";

/** A simulated detector that the tests of a file share, because its start takes seconds. */
export class SharedDetector {
  readonly #started: () => Promise<{ folder: string; source: string }>;

  /** @param args  for `simulate`, which sends until its end */
  constructor(...args: readonly string[]) {
    this.#started = shared(async (t) => {
      const folder = await temporaryFolder(t);
      const simulator = new Command(t, ["simulate", "--json", "--ports", "0,0", "--out", folder, ...args]);
      const { source } = JSON.parse(await simulator.line(/source/));
      return { folder, source: String(source) };
    });
  }

  /** Copy its files, a monitor's configuration among them, to a folder. @returns its source */
  async at(folder: string): Promise<string> {
    const { folder: from, source } = await this.#started();
    for (const name of await readdir(from)) await copyFile(join(from, name), join(folder, name));
    return source;
  }
}
