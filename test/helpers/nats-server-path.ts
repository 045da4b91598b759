import { spawnSync } from "node:child_process";

/** Debian's package puts it where only root looks. */
const PATHS = ["nats-server", "/usr/sbin/nats-server"];

/** Undefined if there is none. */
export const NATS_SERVER_PATH = PATHS.find((path) => spawnSync(path, ["--version"]).status === 0);
