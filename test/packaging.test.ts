import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { normalize } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import { load } from "js-yaml";
import { inPackage } from "./helpers/package-root.js";

const MAX_PACKED_BYTES = 2 * 2 ** 20;
const TOP_LEVEL = [
  "CHANGELOG.md",
  "LICENSE",
  "README.md",
  "dist",
  "docs",
  "monitor.yaml.example",
  "package.json",
  "plugin.manifest.json",
  "schema",
];

/** Compiled sources with their types, and the built page. */
const PACKED = /^dist\/(src\/.*\.(js|d\.ts)|page\/(index\.html|assets\/[^/]+\.(js|css|svg)))$/;

const packageJson = JSON.parse(readFileSync(inPackage("package.json"), "utf8"));
const text = (path: string) => readFileSync(inPackage(path), "utf8");

// As it is built: packing would build it again, under the feet of the other tests.
const { stdout } = await promisify(execFile)("npm", ["pack", "--json", "--dry-run", "--ignore-scripts"], {
  cwd: inPackage(),
});
const [packed] = JSON.parse(stdout) as [{ size: number; files: { path: string }[] }];
const paths = packed.files.map(({ path }) => path);

test("the package holds what is needed, and is small", (t) => {
  t.deepEqual([...new Set(paths.map((path) => path.split("/")[0]))].sort(), TOP_LEVEL);
  t.deepEqual(
    paths.filter((path) => path.startsWith("dist/") && !PACKED.test(path)),
    [],
  );
  t.true(packed.size < MAX_PACKED_BYTES, `${packed.size} bytes`);
});

test("npm has nothing to correct in package.json when it publishes", (t) => {
  for (const path of Object.values<string>(packageJson.bin)) t.is(path, normalize(path));
});

test("no file speaks of a source map, as none is packed", (t) => {
  t.deepEqual(
    paths.filter((path) => path.endsWith(".js") && text(path).includes("sourceMappingURL")),
    [],
  );
});

test("all that package.json, manifest and README point at is packed", (t) => {
  const manifest = JSON.parse(text("plugin.manifest.json"));
  const links = [...text("README.md").matchAll(/\]\(([^)#:]+)\)/g)].map(([, link]) => link as string);
  t.true(links.length >= 3);
  const targets = [
    ...Object.values<string | Record<string, string>>(packageJson.exports).flatMap((entry) =>
      typeof entry === "string" ? [entry] : Object.values(entry),
    ),
    ...Object.values<string>(packageJson.bin),
    manifest.$schema,
    manifest.main,
    ...links,
  ].map((path) => normalize(path).replace(/\/\*$/, ""));
  t.deepEqual(
    targets.filter((target) => !paths.some((path) => path === target || path.startsWith(`${target}/`))),
    [],
  );
});

test("the workflow that publishes runs the whole of CI first, and states provenance", (t) => {
  const { jobs } = load(text(".ci/publish.yaml")) as {
    jobs: { publish: { permissions: Record<string, string>; steps: { run?: string }[] } };
  };
  t.is(jobs.publish.permissions["id-token"], "write");
  const commands = jobs.publish.steps.flatMap(({ run }) => run ?? []);
  t.true(commands.includes(".ci/run"));
  t.regex(commands.at(-1) ?? "", /^npm publish --provenance\b/);
});

test("each entry has types, and injection is a peer, so that a host may share its copy", (t) => {
  for (const entry of [".", "./api"]) t.regex(packageJson.exports[entry].types, /\.d\.ts$/);
  t.truthy(packageJson.exports["./plugin.manifest.json"]);
  t.truthy(packageJson.exports["./schema/*"]);
  t.deepEqual(Object.keys(packageJson.peerDependencies).sort(), ["reflect-metadata", "tsyringe"]);
  for (const name of ["reflect-metadata", "tsyringe"]) t.is(packageJson.dependencies[name], undefined);
});

test("each entry can be required, on every Node.js that is supported, so that its types may say so", async (t) => {
  const require = createRequire(inPackage("package.json"));
  for (const entry of ["", "/api", "/testing"])
    t.deepEqual(
      Object.keys(require(`om-jungfrau-zmq${entry}`)),
      Object.keys(await import(`om-jungfrau-zmq${entry}`)),
    );
});
