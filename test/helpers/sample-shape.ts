/** Stands for anything: a line of its own for lines, at the end of a line for its rest. */
const ANYTHING = "…";

/**
 * Whether an output looks like the sample of it in a document: the same lines, but for numbers, addresses and widths of
 * columns.
 */
export function hasShapeOf(sample: string, output: string): boolean {
  const lines = sample.trimEnd().split("\n").map(linePattern);
  return new RegExp(`^${lines.join("\\n")}$`, "m").test(output);
}

function linePattern(line: string): string {
  if (line === ANYTHING) return "[\\s\\S]*?";
  return line
    .trimEnd()
    .replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")
    .replaceAll(/tcp:\/\/[\w\\.-]+:\d+/g, "tcp://ADDRESS")
    .replaceAll(/(?<![\w-])-?\d+(?:\\\.\d+)?(?!\w)/g, "-?[\\d.]+(?:e-\\d+)?")
    .replaceAll("tcp://ADDRESS", "tcp://[\\w.-]+:\\d+")
    .replaceAll(/ +/g, " +")
    .replaceAll(ANYTHING, ".*");
}
