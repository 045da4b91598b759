import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_SCENE, makeScene, writeSceneFiles } from "../../src/simulator/index.js";

/** Files of one run of a benchmark. */
export interface BenchFiles {
  readonly folder: string;
  /** Frames for detector.c. */
  readonly frames: string;
  /** Configurations: the defaults, calibrated, by policy. */
  readonly configurations: Readonly<Record<"all" | "latest", string>>;
}

/** They are removed when the process ends. */
export async function writeBenchFiles(): Promise<BenchFiles> {
  const folder = mkdtempSync(join(tmpdir(), "om-jungfrau-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const scene = makeScene({ ...DEFAULT_SCENE, imageCount: 8 });
  const written = readFileSync(await writeSceneFiles(folder, scene), "utf8");
  const frames = join(folder, "frames.raw");
  writeFileSync(
    frames,
    Buffer.concat(scene.images.map(({ raw }) => Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength))),
  );
  const configuration = (delivery: string) => {
    const path = join(folder, `${delivery}.yaml`);
    writeFileSync(path, written.replace(/required_data: .*/, `$&\n  delivery: ${delivery}`));
    return path;
  };
  return { folder, frames, configurations: { all: configuration("all"), latest: configuration("latest") } };
}
