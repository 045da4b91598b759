import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import type { ConstantsSink, ConstantsStage } from "../../src/constants/constants.js";
import { readDarkFile } from "../../src/constants/dark-file.js";
import { readGainFile } from "../../src/constants/gain-file.js";
import { readMaskFile } from "../../src/constants/mask-file.js";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { isMonitorError } from "../../src/errors.js";
import { RecordedNotes, temporaryFolder } from "../helpers/constants-files.js";
import { FIELD_FILES, PIXEL } from "../helpers/field-files.js";
import { inPackage } from "../helpers/package-root.js";

type Kind = keyof typeof FIELD_FILES;

const document = readFileSync(inPackage("docs/constants-files.md"), "utf8");

/** The rows of the document's table below a heading. */
function rowsBelow(heading: string): string[] {
  const from = document.indexOf(`\n## ${heading}\n`);
  const to = document.indexOf("\n## ", from + 1);
  const section = document.slice(from, to < 0 ? undefined : to);
  return section.match(/^\| .* \|$/gm)?.slice(1) ?? [];
}

/** What a reader gives of {@link PIXEL}. */
class CollectedPixel implements ConstantsSink {
  readonly pedestals = { g0: Number.NaN, g1: Number.NaN, g2: Number.NaN, hg0: Number.NaN };
  readonly gains = { ...this.pedestals };
  masked = 0;

  setPedestals(_module: number, stage: ConstantsStage, map: ArrayLike<number>): void {
    this.pedestals[stage] = map[PIXEL] as number;
  }

  setGains(_module: number, stage: ConstantsStage, map: ArrayLike<number>): void {
    this.gains[stage] = map[PIXEL] as number;
  }

  addMask(_module: number, map: ArrayLike<number>): void {
    if (map[PIXEL] !== 0) this.masked = 1;
  }
}

/** Read one module's file. @returns cells of the document's table */
async function outcomeOf(kind: Kind, path: string, constants: CollectedPixel): Promise<string[]> {
  const notes = new RecordedNotes();
  const file = { path, where: "FILE" };
  const selection = { layout: JUNGFRAU_1M, moduleIndex: 0, isOnlyFile: false };
  try {
    if (kind === "dark") await readDarkFile(file, selection, constants, notes);
    if (kind === "gain") await readGainFile(file, selection, constants, notes);
    if (kind === "mask") constants.addMask(0, await readMaskFile(file, selection, notes));
  } catch (error) {
    if (!isMonitorError(error)) throw error;
    return [`refused, \`${error.code}\``, error.message];
  }
  return notes.warnings.length > 0
    ? ["read, with a warning", notes.warnings.join(" ")]
    : ["read", notes.notes.join("; ")];
}

function valuesOf(kind: Kind, { pedestals, gains, masked }: CollectedPixel): number[] {
  if (kind === "mask") return [masked];
  const { g0, g1, g2, hg0 } = kind === "dark" ? pedestals : gains;
  return [g0, g1, g2, hg0];
}

for (const kind of ["dark", "gain", "mask"] as const) {
  const heading = `Files of \`${kind}_filenames\``;

  for (const { what, write, gives } of FIELD_FILES[kind]) {
    test.serial(`${kind}: ${what}`, async (t) => {
      const folder = await temporaryFolder(t);
      const path = join(folder, "file");
      await write(path, folder);
      const constants = new CollectedPixel();
      const [outcome = "", message = ""] = await outcomeOf(kind, path, constants);
      const row = `| ${what} | ${outcome} | ${message.replaceAll(folder, "FOLDER")} |`;
      t.true(rowsBelow(heading).includes(row), row);
      t.is(outcome.startsWith("read"), gives !== undefined);
      if (gives === undefined) return;
      const values = valuesOf(kind, constants);
      for (const [index, value] of gives.entries()) t.is(values[index], value);
    });
  }

  test(`each row of '${heading}' is a file that is tested`, (t) => {
    t.deepEqual(
      rowsBelow(heading).map((row) => row.split(" | ")[0]?.slice(2)),
      FIELD_FILES[kind].map(({ what }) => what),
    );
  });
}
