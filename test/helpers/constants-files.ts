import { cp, link, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { writeHdf5 } from "../../src/constants/hdf5-write.js";
import type { ConstantsFile, ConstantsFiles, ConstantsNotes } from "../../src/constants/index.js";
import { MODULE_PIXELS } from "../../src/detector.js";
import { shared, type Teardown } from "./shared.js";

type Maps = readonly [Map_, Map_, Map_];
type Map_ = Float32Array | Float64Array | Uint16Array | Int16Array;

/** A folder that is gone after the test. */
export async function temporaryFolder(t: Teardown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "om-jungfrau-test-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Folders that begin with the same files. They are written once, and copied: a test may change those of its folder.
 *
 * @param linked  hard links instead of copies, which is faster, if no test writes to the files
 */
export function foldersWith(
  write: (folder: string) => Promise<unknown>,
  { linked = false } = {},
): (t: ExecutionContext) => Promise<string> {
  const original = shared(async (t) => {
    const folder = await temporaryFolder(t);
    await write(folder);
    return folder;
  });
  return async (t) => {
    const from = await original();
    const folder = await temporaryFolder(t);
    if (linked) for (const name of await readdir(from)) await link(join(from, name), join(folder, name));
    else await cp(from, folder, { recursive: true });
    return folder;
  };
}

/** Folders with good constants: a dark file of each module, and `gain.bin` for both. No test writes to them. */
export function foldersWithConstants(dark: string, otherDark: string) {
  return foldersWith(
    async (folder) => {
      await writeDarkFile(join(folder, dark), PEDESTALS);
      await writeDarkFile(join(folder, otherDark), OTHER_PEDESTALS);
      await writeGainFile(join(folder, "gain.bin"), GAINS);
    },
    { linked: true },
  );
}

/** A module's map, all of one value. */
export function flatMap(value: number): Float32Array {
  return new Float32Array(MODULE_PIXELS).fill(value);
}

/** Maps of two modules, G0 G1 G2, to compute with in the head. */
export const PEDESTALS = [flatMap(2500), flatMap(13500), flatMap(14000)] as const;
export const OTHER_PEDESTALS = [flatMap(2600), flatMap(13600), flatMap(14100)] as const;
export const GAINS = [flatMap(40), flatMap(-1.5), flatMap(-0.125)] as const;

/** One module's dark file as OM writes it. */
export async function writeDarkFile(
  path: string,
  maps: Maps,
  shape: readonly number[] = [512, 1024],
): Promise<void> {
  await writeHdf5(path, Object.fromEntries(maps.map((data, stage) => [`gain${stage}`, { data, shape }])));
}

/** A mask as OM has it: 1 is good. */
export async function writeBadPixelMap(
  path: string,
  data: Float32Array | Uint16Array | Int16Array,
  shape = [512, 1024],
): Promise<void> {
  const { File, ready } = await import("h5wasm/node");
  await ready;
  const file = new File(path, "w");
  file.create_group("data").create_dataset({ name: "data", data, shape });
  file.close();
}

/** One module's gain file as PSI writes it, of three maps or four. */
export async function writeGainFile(path: string, maps: readonly ArrayLike<number>[]): Promise<void> {
  await writeFile(path, Buffer.concat(maps.map((map) => new Uint8Array(Float64Array.from(map).buffer))));
}

/** Remembers what a reader says. */
export class RecordedNotes implements ConstantsNotes {
  readonly notes: string[] = [];
  readonly warnings: string[] = [];

  info(note: string): void {
    this.notes.push(note);
  }
  warn(note: string): void {
    this.warnings.push(note);
  }
}

/** Files as a source names them, with their names for places. */
export function constantsFiles(
  folder: string,
  dark: readonly string[],
  gain: readonly string[],
  mask: readonly string[] = [],
): ConstantsFiles {
  const file = (name: string): ConstantsFile => ({ path: join(folder, name), where: name });
  return { dark: dark.map(file), gain: gain.map(file), mask: mask.map(file) };
}
