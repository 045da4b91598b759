import { spawnSync } from "node:child_process";

/**
 * The first Python that has some modules: the one on the path, or Debian's.
 *
 * @throws with the packages to install
 */
export function pythonWith(...modules: readonly string[]): string {
  const python = ["python3", "/usr/bin/python3"].find(
    (command) => spawnSync(command, ["-c", `import ${modules.join(", ")}`]).status === 0,
  );
  if (python !== undefined) return python;
  const packages = modules.map((module) => `python3-${module}`);
  throw new Error(`No python3 has ${modules.join(" and ")}. Install Debian's ${packages.join(" and ")}.`);
}

/** Run a script that uses h5py. @returns what it printed. @throws if there is no h5py, or the script fails */
export function python(script: string, ...args: readonly string[]): string {
  const path = pythonWith("h5py");
  const { status, stdout, stderr } = spawnSync(path, ["-c", script, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${path} ended with ${status}:\n${stderr}`);
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
