import { parseArgs } from "node:util";
import { inPackage } from "../helpers/package-root.js";

/** A command line of some version. */
export interface Cli {
  readonly name: string;
  /** Its dist/src/cli/main.js. */
  readonly path: string;
}

export interface BenchOptions {
  readonly clis: readonly Cli[];
  readonly json: boolean;
  /** Runs of each kind. */
  readonly runs: number;
  /** Of each run. */
  readonly seconds: number;
}

/**
 * `--beside PATH` measures another checkout's dist/src/cli/main.js in turns with this one's; `--quick` is for a look; `--json`
 * for programs.
 */
export function benchOptions(): BenchOptions {
  const { values } = parseArgs({
    options: {
      beside: { type: "string" },
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const { beside, quick, json } = values;
  return {
    clis: [
      { name: "this", path: inPackage("dist", "src", "cli", "main.js") },
      ...(beside === undefined ? [] : [{ name: "beside", path: beside }]),
    ],
    json,
    runs: quick ? 1 : 3,
    seconds: quick ? 2 : 4,
  };
}
