import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { temporaryFolder } from "./constants-files.js";
import { SHARED } from "./recordings.js";

/** Archives of files that a real slsReceiver wrote, which only the machines have that test every change. */
export const FIELD_RECORDINGS = ["v920", "v920_4ports"].filter((name) => existsSync(archiveOf(name)));

function archiveOf(name: string): string {
  return join(SHARED, "recordings", `${name}.tar.gz`);
}

/** The folder of an archive, unpacked until the test ends. */
export async function fieldRecording(t: ExecutionContext, name: string): Promise<string> {
  const folder = await temporaryFolder(t);
  execFileSync("tar", ["-xzf", archiveOf(name), "-C", folder]);
  return join(folder, name);
}
