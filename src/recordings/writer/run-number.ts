import { masterFileName, parseMasterFileName, parseRawFileName } from "../raw-layout.js";
import type { OutputFolder } from "./output-folder.js";

/**
 * Reserve the first number that no file of this name has, by creating its master.
 *
 * @throws errors of the file system
 */
export async function claimNumber(folder: OutputFolder, name: string, master: string): Promise<string> {
  const taken = new Set((await folder.names()).map((file) => numberOf(file, name)));
  for (let run = 0; ; run++) {
    if (taken.has(String(run))) continue;
    try {
      const file = await folder.create(masterFileName({ name, run: String(run) }));
      await file.append([Buffer.from(master)]).finally(() => file.close());
      return String(run);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** The run number of a file; undefined if the file has another name, or belongs to no run. */
function numberOf(file: string, name: string): string | undefined {
  // Runs in HDF5, and the sidecars, are numbered in the same way.
  const stem = file.replace(/\.(?:raw|jsonl|json|h5)$/, "");
  const parsed =
    parseMasterFileName(`${stem.replace(/_virtual_(\d+)$/, "_master_$1")}.json`) ??
    parseRawFileName(`${stem}.raw`);
  return parsed?.name === name ? parsed.run : undefined;
}
