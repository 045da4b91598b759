import { execFileSync, type SpawnSyncOptions, spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { inPackage } from "../helpers/package-root.js";

/*
 * Do what docs/deployment/Dockerfile says, without Docker: in an empty Debian tree, with this package instead of the published one.
 * Then run the container's command on the simulated detector, as the container's user, and ask its health check. Needs root, a
 * Debian mirror, a package registry, and Debian's package debootstrap; takes some minutes.
 *
 *   npm run try:container
 */

const NOBODY = 65534;
const dockerfile = readFileSync(inPackage("docs", "deployment", "Dockerfile"), "utf8");

/** What follows an instruction, of each of its lines. */
function instructions(name: string): string[] {
  return dockerfile
    .split("\n")
    .flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));
}

function instruction(name: string): string {
  const [first, ...others] = instructions(name);
  if (first === undefined || others.length > 0) throw new Error(`The Dockerfile has not one ${name}.`);
  return first;
}

/** The words of an instruction that is written as a list. */
const wordsOf = (name: string): string[] => JSON.parse(instruction(name).replace(/^[^[]*/, ""));

const tree = mkdtempSync(join(tmpdir(), "om-jungfrau-container-"));
const registry = execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).trim();
const env = {
  PATH: process.env.PATH,
  HOME: "/tmp",
  NODE_EXTRA_CA_CERTS: "/tmp/certificates.crt",
  npm_config_registry: registry,
  DEBIAN_FRONTEND: "noninteractive",
};

function run(command: string, args: readonly string[], options: SpawnSyncOptions = {}): void {
  console.log(`== ${command} ${args.join(" ")}`);
  const { error, status } = spawnSync(command, args, { stdio: "inherit", ...options });
  if (error !== undefined || status !== 0)
    throw new Error(`${command} failed: ${error?.message ?? `exit code ${status}`}`);
}

/** Arguments of chroot: the container's own user, and a command in a folder of the tree. */
const asUser = (folder: string, words: readonly string[]) => [
  `--userspec=${NOBODY}:${NOBODY}`,
  tree,
  "sh",
  "-ec",
  `cd ${folder} && exec "$@"`,
  "sh",
  ...words,
];

function build(): void {
  chmodSync(tree, 0o755); // also for nobody
  const suite = /^debian:(\w+)-slim$/.exec(instruction("FROM"))?.[1];
  if (suite === undefined) throw new Error("The Dockerfile does not begin from debian:SUITE-slim.");
  run("debootstrap", ["--variant=minbase", suite, tree]);
  copyFileSync("/etc/resolv.conf", join(tree, "etc/resolv.conf"));
  // A machine behind a proxy has certificates of its own.
  copyFileSync("/etc/ssl/certs/ca-certificates.crt", join(tree, env.NODE_EXTRA_CA_CERTS));
  run("npm", ["pack", "--silent", "--pack-destination", join(tree, "tmp")], { cwd: inPackage() });
  const [folder = "", data = ""] = instructions("WORKDIR");
  for (const one of [folder, data]) mkdirSync(join(tree, one), { recursive: true });
  for (const command of instructions("RUN")) {
    const here = command.replace(/om-jungfrau-zmq@\S+/, "/tmp/om-jungfrau-zmq-*.tgz");
    run("chroot", [tree, "sh", "-ec", `cd ${command.startsWith("apt-get") ? "/" : folder}; ${here}`], {
      env,
    });
  }
  if (instruction("USER") !== "nobody") throw new Error("The container's user is not nobody.");
  chownSync(join(tree, data), NOBODY, NOBODY);
}

/** A command in the container, and its next line of standard output. */
function start(words: readonly string[]) {
  console.log(`== in the container: ${words.join(" ")}`);
  const child = spawn("chroot", asUser("/data", words), { env, stdio: ["ignore", "pipe", "inherit"] });
  // Read to the end: a monitor whose output nobody takes is not healthy.
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text = (text + chunk).slice(-100_000);
  });
  const line = async (pattern: RegExp) => {
    for (;;) {
      const found = text.split("\n").find((one) => pattern.test(one));
      if (found !== undefined) return found;
      if (child.exitCode !== null) throw new Error(`${words.join(" ")} ended without ${pattern}`);
      await delay(100);
    }
  };
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { child, line, ended };
}

async function monitor(): Promise<void> {
  const program = wordsOf("ENTRYPOINT");
  const simulator = start([...program, "simulate", "--json", "--wait", "--ports", "0,0", "--out", "."]);
  const { source } = JSON.parse(await simulator.line(/source/));
  const monitor = start([
    ...program,
    ...wordsOf("CMD").map((word) => (word.startsWith("tcp:") ? source : word)),
  ]);
  console.log((await monitor.line(/"event_id"/)).slice(0, 200));
  const isHealthy = () => spawnSync("chroot", asUser("/", wordsOf("HEALTHCHECK")), { env }).status === 0;
  for (let tries = 0; !isHealthy(); tries++) {
    if (tries === 10) throw new Error("The health check fails.");
    await delay(1000);
  }
  console.log("ok      frames come, and the health check succeeds");
  monitor.child.kill("SIGTERM");
  if ((await monitor.ended) !== 0) throw new Error("The monitor did not end cleanly on SIGTERM.");
  if (isHealthy()) throw new Error("The health check succeeds without a monitor.");
  console.log("ok      SIGTERM ends it cleanly, and the health check fails then");
  simulator.child.kill("SIGTERM");
  await simulator.ended;
}

try {
  build();
  await monitor();
} finally {
  spawnSync("rm", ["-rf", tree]);
}
