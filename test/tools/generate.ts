import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { generatedFiles } from "../helpers/generated-files.js";
import { inPackage } from "../helpers/package-root.js";

for (const [path, text] of await generatedFiles()) {
  mkdirSync(dirname(inPackage(path)), { recursive: true });
  writeFileSync(inPackage(path), text);
}
