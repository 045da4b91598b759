import { MODULE_COUNT } from "../detector.js";
import type { ModuleFrame } from "../stream/index.js";

/** The payload of each module: as it came, or put together from the ports of its two interfaces. */
export function wholeModules(frames: readonly ModuleFrame[]): Uint8Array[] {
  const portsPerModule = frames.length / MODULE_COUNT;
  return Array.from({ length: MODULE_COUNT }, (_, moduleIndex) => {
    const ports = frames.slice(moduleIndex * portsPerModule, (moduleIndex + 1) * portsPerModule);
    const [only] = ports;
    return ports.length === 1 && only ? only.raw : Buffer.concat(ports.map(({ raw }) => raw));
  });
}
