import { readFileSync } from "node:fs";
import asc from "assemblyscript/asc";
import { inPackage } from "./package-root.js";

const SOURCE = "src/calibration/kernel/assembly/kernel.ts";

/** Its planes, and no more: 64 KiB a page. */
const MEMORY_PAGES = "915";

/** Compile the SIMD kernel. @returns the text of the module that carries it */
export async function compiledKernelModule(): Promise<string> {
  const { binary, stderr } = await compile();
  if (binary === undefined) throw new Error(`${SOURCE} does not compile:\n${stderr}`);
  const lines = binary.toString("base64").match(/.{1,116}/g) ?? [];
  return `// The SIMD kernel, compiled from assembly/kernel.ts by npm run generate.
export const KERNEL_MODULE_BASE64: string = \`
${lines.join("\n")}
\`;
`;
}

async function compile(): Promise<{ binary: Buffer | undefined; stderr: string }> {
  let binary: Buffer | undefined;
  const { error, stderr } = await asc.main(
    [
      SOURCE,
      ...["--outFile", "kernel.wasm"],
      ...["--enable", "simd", "-O3", "--converge", "--noAssert"],
      ...["--runtime", "stub", "--initialMemory", MEMORY_PAGES, "--maximumMemory", MEMORY_PAGES],
    ],
    {
      readFile: (name) => readOrNull(inPackage(name)),
      writeFile: (_, content) => {
        binary = Buffer.from(content);
      },
      listFiles: () => [],
    },
  );
  return { binary: error === null ? binary : undefined, stderr: stderr.toString() };
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
