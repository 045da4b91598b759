import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ExecutionContext } from "ava";
import { inPackage } from "./package-root.js";
import { writeRun } from "./raw-recordings.js";

/** A fenced block of a document. */
export interface DocumentBlock {
  /** Path of the document from the root of the package. */
  readonly document: string;
  readonly line: number;
  readonly language: string;
  /** What stands beside the language: a file's name, or that of a session or sample. */
  readonly name: string;
  readonly text: string;
}

export interface Document {
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly DocumentBlock[];
  /** The text without its blocks, lines kept. */
  readonly prose: string;
}

/** README and all of `docs`. */
export const DOCUMENTS: readonly Document[] = [
  "README.md",
  ...readdirSync(inPackage("docs"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => join("docs", path))
    .sort(),
].map(readDocument);

export const BLOCKS: readonly DocumentBlock[] = DOCUMENTS.flatMap(({ blocks }) => blocks);

function readDocument(path: string): Document {
  const text = readFileSync(inPackage(path), "utf8");
  const blocks: DocumentBlock[] = [];
  const prose = text.replaceAll(/^```(\S*) ?(.*)\n([\s\S]*?)^```$/gm, (all, language, name, body, offset) => {
    const line = text.slice(0, offset).split("\n").length;
    blocks.push({ document: path, line, language, name, text: body });
    return all.replaceAll(/[^\n]/g, "");
  });
  return { path, text, blocks, prose };
}

/** The commands of a block of shell: one a line. */
export function commandsOf({ text }: DocumentBlock): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** For the title of a test. */
export function titleOf({ document, line, name }: DocumentBlock): string {
  return `${document}:${line} ${name}`.trimEnd();
}

/**
 * A folder with the files that a document shows, gone after the test. It is inside the package, so that they find the
 * package by its name.
 */
export async function folderOf(t: ExecutionContext, path: string): Promise<string> {
  const folder = await mkdtemp(inPackage("dist", "document-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  for (const block of BLOCKS) {
    if (block.document !== path || !/\.\w+$/.test(block.name)) continue;
    const file = join(folder, block.name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, block.text);
  }
  const text = BLOCKS.filter(({ document }) => document === path).map((block) => block.text);
  const runs = new Set(
    [...text.join("\n").matchAll(/\brun_master_(\d+)\.json/g)].map(([, run]) => Number(run)),
  );
  const frames = () => Array.from({ length: 8 }, (_, index) => ({ number: 41 + index }));
  for (const run of runs) await writeRun(folder, { run, frames });
  return folder;
}
