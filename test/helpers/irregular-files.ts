import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { temporaryFolder } from "./constants-files.js";

/** Paths that lead to no regular file, by what they lead to. */
export async function irregularFiles(
  t: ExecutionContext,
): Promise<readonly (readonly [kind: string, path: string])[]> {
  const folder = await temporaryFolder(t);
  const [pipe, link, socket] = [join(folder, "pipe"), join(folder, "link"), join(folder, "socket")];
  execFileSync("mkfifo", [pipe]);
  await symlink("/dev/zero", link);
  const server = createServer().listen(socket);
  await once(server, "listening");
  t.teardown(() => server.close());
  return [
    ["a folder", folder],
    ["a pipe (FIFO)", pipe],
    ["a socket", socket],
    ["a device", link],
    ["a device", "/dev/zero"],
  ];
}
