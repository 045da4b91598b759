import { cpus } from "node:os";

/** Which machine measured. */
export function machine(): string {
  const all = cpus();
  return `${all.length} × ${all[0]?.model ?? "unknown processor"}, Node.js ${process.version}`;
}

/** The value below which a share of all values lies; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.round(share * (values.length - 1))] ?? Number.NaN;
}

/** Each run's value: a mean would hide that there are two kinds of runs. */
export function each(values: readonly number[], digits: number): string {
  return values.map((value) => value.toFixed(digits)).join(" ");
}

/** Tell a waiting human what is going on; nobody else. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
