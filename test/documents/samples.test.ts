import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { zeroCounters } from "../../src/events/counters.js";
import { type StreamCondition, streamStatus } from "../../src/events/stream-status.js";
import { gainMode } from "../../src/stream/gain-mode.js";
import { partsHeader } from "../../src/stream/index.js";
import { aModuleFrame } from "../../src/testing/index.js";
import { Command } from "../helpers/command.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { BLOCKS, type DocumentBlock, titleOf } from "../helpers/documents.js";
import { inPackage } from "../helpers/package-root.js";
import { fixedAddress } from "../helpers/ports.js";
import { hasShapeOf } from "../helpers/sample-shape.js";

/** How to tell whether a sample is true, by its name. */
const CHECKS: Readonly<Record<string, (t: ExecutionContext, block: DocumentBlock) => void | Promise<void>>> =
  {
    demo: async (t, { text }) => {
      const demo = new Command(t, ["demo", "--frames", "60", "--rate", "20"]);
      t.is(await demo.ended(), 0, demo.stderr);
      // On a busy machine, the modules' first frames may arrive far apart, and the rate may be lower than the detector's.
      const output = demo.stdout.join("\n").replaceAll(/ partial \d+| of [\d.]+(?= events\/s)/g, "");
      looksLike(t, text, output);
    },

    "check-page": async (t, { text }) => {
      const folder = await temporaryFolder(t);
      const simulator = new Command(t, [
        "simulate",
        "--json",
        "--ports",
        "0,0",
        "--rate",
        "20",
        "--out",
        folder,
      ]);
      const { source, configuration } = JSON.parse(await simulator.line(/source/));
      await exchangeMaps(join(folder, "gain_m0.bin"));
      const addresses = `${source.split(",")[0]},${await fixedAddress()}`;
      const check = new Command(t, ["check", "-c", configuration, addresses, "--seconds", "3"]);
      t.is(await check.ended(), 0, check.stderr);
      looksLike(t, text, check.stdout.join("\n"));
    },

    "detector-setup": (t, { text }) => {
      const lines = text.trimEnd().split("\n");
      const known = ["rx_zmqport", "rx_zmqstream", "rx_zmqfreq", "rx_zmqhwm", "rx_jsonpara"];
      t.deepEqual(
        lines.map((line) => /^sls_detector_put (\w+)(?: laser)? -?\d+$/.exec(line)?.[1]),
        known,
      );
      const { message } = streamStatus({
        streams: [{ url: "tcp://det:30001", hasEnded: false } as StreamCondition],
        kind: "ports",
        newestEventSeconds: undefined,
        newestWholeSeconds: undefined,
        isHeldUp: false,
        nowSeconds: 0,
      });
      t.true(
        lines.some((line) => message.endsWith(`(${line})`)),
        "a monitor that waits says one of these lines",
      );
    },

    "path-of-the-data": async (t, { text }) => {
      const { provides } = JSON.parse(await readFile(inPackage("plugin.manifest.json"), "utf8"));
      const names = new Set([
        ...provides.dataSources.map(({ name }: { name: string }) => name),
        ...Object.keys(zeroCounters()),
        "ModuleFrame",
        "frameNumber",
      ]);
      const shown = ["Jungfrau1MZmq", "TimestampJungfrau1MZmq", "EventIdJungfrau1MZmq"];
      for (const name of [
        ...shown,
        "malformed",
        "unpaired",
        "late",
        "skipped",
        "ModuleFrame",
        "frameNumber",
      ]) {
        t.true(names.has(name), name);
        t.true(text.includes(name), name);
      }
      for (const [name] of text.matchAll(/\b\w+1MZmq\b/g)) t.true(names.has(name), name);
    },

    "sent-summary": async (t, { text }) => {
      const faults = ["--fault", "loss=0.1", "--fault", "duplicate=0.1"];
      const out = ["--ports", "0,0", "--out", await temporaryFolder(t)];
      const simulator = new Command(t, ["simulate", "--json", "--frames", "5", ...faults, ...out]);
      const { summary } = JSON.parse(await simulator.line(/summary/));
      const sample = JSON.parse(text).summary;
      t.deepEqual(Object.keys(summary), Object.keys(sample));
      t.deepEqual(Object.keys(summary.faults), Object.keys(sample.faults));
      t.is(sample.module_frames, 2 * sample.exposures - sample.faults.lost + sample.faults.duplicate);
    },

    "parts-header": (t, { text }) => {
      const sample = JSON.parse(text);
      const frames = sample.ports.map(
        (port: { complete: boolean; timestampTicks: number; daqInfo: number }, portIndex: number) =>
          aModuleFrame({
            frameNumber: BigInt(sample.frameNumber),
            portIndex,
            complete: port.complete,
            timestampTicks: BigInt(port.timestampTicks),
            gainMode: gainMode(port.daqInfo),
          }),
      );
      const { timestampSeconds, missed } = sample;
      t.deepEqual(JSON.parse(partsHeader({ timestampSeconds, missed, frames })), sample);
    },
  };

/** Samples of what a session prints are looked after by commands.test.ts. */
const isOfSession = ({ document, name }: DocumentBlock) =>
  BLOCKS.some((other) => other.language === "sh" && other.document === document && other.name === name);

const samples = BLOCKS.filter(
  (block) => block.language === "text" || (block.language === "json" && !block.name.endsWith(".json")),
);
for (const block of samples.filter((block) => !isOfSession(block))) {
  test(`the sample ${titleOf(block)} is true`, async (t) => {
    const check = CHECKS[block.name];
    if (check === undefined)
      return t.fail(`No check knows '${block.name}'. Add one, or give the block a name.`);
    await check(t, block);
  });
}

test("a sample with another word, line or mark is found out", (t) => {
  const output = "before\n  a 1.5 at tcp://127.0.0.1:30001\nany\nb -2! rest\n";
  for (const same of ["  a 7 at tcp://x:1\n…\nb 3! …", "…\nb 3! rest", "any"])
    t.true(hasShapeOf(same, output), same);
  for (const other of ["  c 7 at tcp://x:1", "  a 7 at tcp://x:1\nb 3! …", "b 3 rest", "b 3!", "…\nnone"])
    t.false(hasShapeOf(other, output), other);
});

function looksLike(t: ExecutionContext, sample: string, output: string): void {
  t.true(hasShapeOf(sample, output), `${sample}\nis not like\n${output}`);
}

/** Put the map of G1 in the place of G2's, and the other way about. */
async function exchangeMaps(path: string): Promise<void> {
  const bytes = await readFile(path);
  const size = bytes.length / 3;
  const [g0, g1, g2] = [0, 1, 2].map((stage) => bytes.subarray(stage * size, (stage + 1) * size));
  await writeFile(path, Buffer.concat([g0 as Buffer, g2 as Buffer, g1 as Buffer]));
}
