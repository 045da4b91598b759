import { readFileSync } from "node:fs";
import asc from "assemblyscript/asc";
import { inPackage } from "./package-root.js";

/** A kernel in AssemblyScript, and the module that is to carry it once it is compiled. */
interface KernelSource {
  readonly source: string;
  readonly module: string;
  /** In the module's first line. */
  readonly title: string;
  /** Of its memory, 64 KiB each, where it has a size of its own. */
  readonly pages?: number;
}

const KERNELS: readonly KernelSource[] = [
  {
    source: "src/calibration/kernel/assembly/kernel.ts",
    module: "src/calibration/kernel/kernel-module.ts",
    title: "The SIMD kernel",
    pages: 1010,
  },
  {
    source: "src/darks/kernel/assembly/darks.ts",
    module: "src/darks/kernel/kernel-module.ts",
    title: "The kernel of dark frames",
  },
  {
    source: "src/sums/kernel/assembly/sums.ts",
    module: "src/sums/kernel/kernel-module.ts",
    title: "The kernel of sums",
  },
];

/** Compile the SIMD kernels. @returns the texts of the modules that carry them, by path */
export async function compiledKernelModules(): Promise<Map<string, string>> {
  const modules = new Map<string, string>();
  for (const kernel of KERNELS) modules.set(kernel.module, await moduleOf(kernel));
  return modules;
}

async function moduleOf({ source, title, pages }: KernelSource): Promise<string> {
  const { binary, stderr } = await compile(source, pages);
  if (binary === undefined) throw new Error(`${source} does not compile:\n${stderr}`);
  const lines = binary.toString("base64").match(/.{1,116}/g) ?? [];
  return `// ${title}, compiled from ${source.replace(/^.*(?=assembly\/)/, "")} by npm run generate.
export const KERNEL_MODULE_BASE64: string = \`
${lines.join("\n")}
\`;
`;
}

async function compile(
  source: string,
  pages: number | undefined,
): Promise<{ binary: Buffer | undefined; stderr: string }> {
  let binary: Buffer | undefined;
  const memory =
    pages === undefined ? [] : ["--initialMemory", String(pages), "--maximumMemory", String(pages)];
  const { error, stderr } = await asc.main(
    [
      source,
      ...["--outFile", "kernel.wasm"],
      ...["--enable", "simd", "-O3", "--converge", "--noAssert"],
      ...["--runtime", "stub", ...memory],
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
