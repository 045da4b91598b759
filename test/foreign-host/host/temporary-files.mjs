import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that goes after the test. */
export function temporaryFolder(t) {
  const folder = mkdtempSync(join(tmpdir(), "foreign-host-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A file of this text that goes after the test. */
export function temporaryFile(t, name, text) {
  const path = join(temporaryFolder(t), name);
  writeFileSync(path, text);
  return path;
}
