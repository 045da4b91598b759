import { spawnSync } from "node:child_process";

/** The first Python that has h5py: the one on the path, or that of Debian's package python3-h5py. */
const PYTHON = ["python3", "/usr/bin/python3"].find(
  (command) => spawnSync(command, ["-c", "import h5py"]).status === 0,
);

/** Run a script that uses h5py. @returns what it printed. @throws if there is no h5py, or the script fails */
export function python(script: string, ...args: readonly string[]): string {
  if (PYTHON === undefined) throw new Error("no Python has h5py. Install Debian's package python3-h5py.");
  const { status, stdout, stderr } = spawnSync(PYTHON, ["-c", script, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${PYTHON} ended with ${status}:\n${stderr}`);
  return stdout.trim();
}

/** Report one exchange of files; a fault makes the process end with 1. */
export async function check(what: string, step: () => Promise<string | undefined>): Promise<void> {
  const fault = await step().catch((error: unknown) =>
    error instanceof Error ? error.message : String(error),
  );
  console.log(fault === undefined ? `ok      ${what}` : `FAILED  ${what}: ${fault}`);
  if (fault !== undefined) process.exitCode = 1;
}
