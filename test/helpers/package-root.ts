import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of package.json. Tests run from dist/test. */
export const PACKAGE_ROOT = fileURLToPath(new URL("../../../", import.meta.url));

export function inPackage(...path: string[]): string {
  return join(PACKAGE_ROOT, ...path);
}
