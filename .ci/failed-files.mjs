// Reads what AVA printed, and prints the files of the tests that failed, one a line.
import { existsSync, readFileSync } from "node:fs";

const files = new Set();
for (const line of readFileSync(0, "utf8").split("\n")) {
  const title = /^ *✘ \[fail\]: (.*)/.exec(line)?.[1];
  const pending = /tests? (?:was|were) pending in (\S+)/.exec(line)?.[1];
  if (pending !== undefined) files.add(pending);
  if (title === undefined) continue;
  // `folder › file › title of the test`; AVA leaves out the folders that all files of a run share.
  const parts = title.split(" › ");
  const paths = parts.flatMap((_, count) => {
    const path = parts.slice(0, count + 1).join("/");
    return [
      `dist/test/${path}.test.js`,
      `dist/test/integration/${path}.test.js`,
      `dist/test/browser/${path}.js`,
    ];
  });
  // The longest path, because a folder may have the same name as a file beside it.
  files.add(paths.findLast((path) => existsSync(path)) ?? `unknown file of: ${title}`);
}
for (const file of files) console.log(file);
