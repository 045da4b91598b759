import { keyFileNames, newKeyPair, writeKeyFiles } from "../security/index.js";
import { StartUpError } from "./start-up-error.js";

/** Make a pair of CURVE keys, in two files. */
export async function runKeygen(name: string): Promise<void> {
  await StartUpError.around(async () => writeKeyFiles(name, await newKeyPair()));
  const names = keyFileNames(name);
  process.stdout.write(`${names.secret}  the key pair: keep it to yourself\n`);
  process.stdout.write(`${names.public}  the public key: give it to the other side\n`);
}
