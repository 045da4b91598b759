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
