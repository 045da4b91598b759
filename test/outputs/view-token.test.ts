import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { viewToken } from "../../src/outputs/view-token.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { RecordingLogger } from "../helpers/fakes.js";
import { irregularFiles } from "../helpers/irregular-files.js";

test("pipes, sockets, devices, folders and large files hold no token", async (t) => {
  const large = join(await temporaryFolder(t), "large");
  await writeFile(large, "a".repeat(2000));
  const refused = (await irregularFiles(t)).map(([kind, path]) => [
    path,
    `it is ${kind}, not a regular file`,
  ]);
  for (const [path = "", reason] of [...refused, [large, "it holds more than 1000 bytes"]]) {
    await t.throwsAsync(viewToken(path, new RecordingLogger()), {
      code: "HOST_VIEW_TOKEN",
      message: `Cannot take the live view's token from '${path}': ${reason}. Name a file that is not there yet, and one is made.`,
    });
  }
});
