import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { endHeader, RELEASES, releaseHeader } from "../../src/simulator/release-header.js";
import { everyCommandHelp } from "../helpers/command-help.js";
import { SHARED } from "../helpers/recordings.js";
import { HEADERS_BY_RELEASE } from "../helpers/wire-headers.js";

const FIELDS = {
  frameNumber: 7n,
  frameIndex: 6n,
  timestampTicks: 70_000n,
  exposureTicks: 100,
  ports: [1, 2],
  row: 1,
  column: 0,
  rows: 512,
} as const;

/** What a recording does not know: the share of an acquisition that is over, and what release 3 counted as a frame's index. */
const UNKNOWN = ["progress", "fIndex"];

for (const [release, text] of Object.entries(HEADERS_BY_RELEASE)) {
  test(`a header of release ${release} has the keys and values of that release, in their order`, (t) => {
    const { sample, addJsonHeader, ...expected } = JSON.parse(text);
    const header = releaseHeader(release as (typeof RELEASES)[number], FIELDS);
    t.true(header.endsWith("}\n"));
    const parsed = JSON.parse(header);
    t.deepEqual(Object.keys(parsed), Object.keys(expected));
    const comparable = (fields: Record<string, unknown>) => ({
      ...Object.fromEntries(Object.entries(fields).filter(([key]) => !UNKNOWN.includes(key))),
      fname: "",
    });
    t.deepEqual(comparable(parsed), comparable(expected));
  });
}

test("keys of users are among the others before release 5.0, and have an object of their own since", (t) => {
  const added = '{"sample":"lyso"}';
  t.like(JSON.parse(releaseHeader("4.0", { ...FIELDS, added })), { sample: "lyso" });
  t.like(JSON.parse(releaseHeader("5.1", { ...FIELDS, added })), { addJsonHeader: { sample: "lyso" } });
  t.false("addJsonHeader" in JSON.parse(releaseHeader("9.2", FIELDS)));
});

test("64-bit numbers are written exactly, and a frame that lacks packets is incomplete", (t) => {
  const header = releaseHeader("9.2", {
    ...FIELDS,
    frameNumber: 2n ** 64n - 1n,
    bunchId: 2n ** 63n + 1n,
    packetsCaught: 3,
  });
  t.regex(header, /"frameNumber":18446744073709551615,/);
  t.regex(header, /"detSpec1":9223372036854775809,/);
  t.like(JSON.parse(header), { completeImage: 0, packetNumber: 3 });
});

test("every release has a header and an end message, and the command line names them all", async (t) => {
  for (const release of RELEASES) {
    t.is(JSON.parse(releaseHeader(release, FIELDS)).frameNumber, 7, release);
    t.like(JSON.parse(endHeader(release)), { data: 0, frameNumber: 0, fname: "" }, release);
  }
  const help = (await everyCommandHelp()).find(({ name }) => name === "replay");
  const option = help?.options.find(({ flags }) => flags.startsWith("--release"));
  t.deepEqual(
    [...(option?.description.matchAll(/"(\d+\.\d)"/g) ?? [])]
      .map(([, release]) => release)
      .slice(0, RELEASES.length),
    [...RELEASES],
  );
});

/** Headers of frames and of ends as receivers of these releases sent them. */
const CAPTURED = {
  a01_first: "9.2",
  v612_two_acquires: "6.1",
  v700_two_acquires: "7.0",
  a07_numinterfaces2: "9.2",
} as const;

for (const [folder, release] of Object.entries(CAPTURED)) {
  const path = join(SHARED, "captures", folder);
  if (!existsSync(path)) continue;
  test(`headers are those that a real receiver of release ${release} sent: ${folder}`, (t) => {
    const headers = readdirSync(path)
      .filter((name) => name.endsWith("_part0.json"))
      .map((name) => readFileSync(join(path, name), "utf8"));
    t.true(headers.length > 10);
    for (const text of headers) {
      const real = JSON.parse(text);
      if (real.data === 0) {
        t.deepEqual(JSON.parse(endHeader(release)), real);
        continue;
      }
      const written = releaseHeader(release, {
        frameNumber: BigInt(real.frameNumber),
        frameIndex: BigInt(real.frameIndex),
        timestampTicks: BigInt(real.timestamp),
        exposureTicks: real.expLength,
        ports: real.detshape,
        row: real.row,
        column: real.column,
        rows: real.shape[1],
        moduleId: real.modId,
        packetsCaught: real.packetNumber,
        added: real.addJsonHeader && JSON.stringify(real.addJsonHeader),
      });
      t.deepEqual(JSON.parse(written), { ...real, progress: 0 });
    }
  });
}
