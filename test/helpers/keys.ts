import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { newKeyPair, writeKeyFiles } from "../../src/security/index.js";
import { temporaryFolder } from "./constants-files.js";

export interface KeyFiles {
  readonly public: string;
  readonly secret: string;
}

/** Key pairs in files, by the names of their owners. */
export async function keyFiles<Name extends string>(
  t: ExecutionContext,
  ...names: readonly Name[]
): Promise<Record<Name, KeyFiles>> {
  const folder = await temporaryFolder(t);
  const files = {} as Record<Name, KeyFiles>;
  for (const name of names) {
    const path = join(folder, name);
    await writeKeyFiles(path, await newKeyPair());
    files[name] = { public: `${path}.key`, secret: `${path}.key_secret` };
  }
  return files;
}
