import { execFile } from "node:child_process";
import { promisify } from "node:util";
import "../helpers/without-coverage.js";
import test from "ava";
import { kernelCreator } from "../../src/calibration/index.js";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { codesAndMessages } from "../helpers/faults.js";

/** In a process of its own, as SIMD cannot be switched off in one that runs. @returns what was printed */
async function run(
  script: string,
  flags: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const plugin = new URL("../../src/index.js", import.meta.url).href;
  const calibration = new URL("../../src/calibration/index.js", import.meta.url).href;
  const detector = new URL("../../src/detector.js", import.meta.url).href;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...flags, "--input-type=module", "--eval", script, plugin, calibration, detector],
    { env: { ...process.env, OM_JUNGFRAU_KERNEL: "", ...env } },
  );
  return stdout;
}

/** x64 has SIMD from this set of instructions on. */
const WITHOUT_SIMD = ["--no-enable-sse4-1"];

const MAKE = `
  const { kernelCreator } = await import(process.argv[2]);
  const { JUNGFRAU_1M } = await import(process.argv[3]);
  const notes = [];
  try {
    const kernel = await kernelCreator(JUNGFRAU_1M, process.env.OM_JUNGFRAU_KERNEL)((note) => notes.push(note));
    console.log(kernel.path, notes.length, notes.join());
  } catch (error) {
    console.log(error.code, error.message);
  }
`;

test("SIMD where the machine has it", async (t) => {
  t.is(await run(MAKE), "simd 0 \n");
  t.is(await run(MAKE, [], { OM_JUNGFRAU_KERNEL: "simd" }), "simd 0 \n");
  t.is(await run(MAKE, [], { OM_JUNGFRAU_KERNEL: "scalar" }), "scalar 0 \n");
});

if (process.arch === "x64") {
  test("without SIMD, the scalar kernel, and a note", async (t) => {
    t.regex(await run(MAKE, WITHOUT_SIMD), /^scalar 1 Calibrating without SIMD, several times slower: /);
    t.is(await run(MAKE, WITHOUT_SIMD, { OM_JUNGFRAU_KERNEL: "scalar" }), "scalar 0 \n");
  });

  test("SIMD that is asked for, and is not there, is an error", async (t) => {
    const printed = await run(MAKE, WITHOUT_SIMD, { OM_JUNGFRAU_KERNEL: "simd" });
    t.regex(printed, /^CALIBRATION_NO_SIMD The SIMD kernel cannot run here: .* Leave OM_JUNGFRAU_KERNEL out/);
  });
}

test("another name for a kernel is refused", async (t) => {
  const faults = await codesAndMessages(kernelCreator(JUNGFRAU_1M, "fast")(() => undefined));
  t.deepEqual(faults, [
    [
      "CONFIGURATION_BAD_VALUE",
      "The environment variable OM_JUNGFRAU_KERNEL is 'fast'. Write simd or scalar, or leave it out.",
    ],
  ]);
});

test("a kernel is compiled once, and each has memory of its own", async (t) => {
  const create = kernelCreator(JUNGFRAU_1M, undefined);
  const note = (text: string) => t.fail(text);
  const [first, second] = [await create(note), await create(note)];
  first.raw.fill(7);
  t.is(second.raw[0], 0);
  t.not(first.raw.buffer, second.raw.buffer);
});

test("the environment chooses the kernel of a plugin's sources", async (t) => {
  const script = `
    import "reflect-metadata";
    import { container } from "tsyringe";
    const { register } = await import(process.argv[1]);
    const { READ_CONSTANTS } = await import(process.argv[1]);
    const child = container.createChildContainer();
    const log = (message) => { if (message.includes("kernel")) console.log(message); };
    const service = (token, value) => child.register(Symbol.for("om-monitor/" + token), { useValue: value });
    service("Logger", { debug: log, info: log, warn: log, error: log });
    service("Clock", { nowSeconds: () => 0 });
    service("StatusRegistry", { addStatusSource: () => () => undefined });
    child.register(READ_CONSTANTS, { useValue: async () => undefined });
    const factories = new Map();
    const registry = { register: (name, factory) => void factories.set(name, factory), names: () => [] };
    register({ container: child, dataSources: registry, dataRetrievals: registry });
    const values = { dark_filenames: ["a"], gain_filenames: ["b"], photon_energy_kev: 8 };
    const monitorParameters = {
      getParameter: ({ parameter, default: otherwise }) => values[parameter] ?? otherwise,
      locate: ({ parameter }) => parameter,
      resolvePath: (path) => path,
    };
    await factories.get("Jungfrau1MZmq")({ dataSourceName: "detector", monitorParameters }).initializeDataSource();
  `;
  t.is(await run(script), "Calibrating with the simd kernel\n");
  t.is(await run(script, [], { OM_JUNGFRAU_KERNEL: "scalar" }), "Calibrating with the scalar kernel\n");
});
