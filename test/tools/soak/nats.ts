import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fixedPorts } from "../../helpers/ports.js";

/** A NATS server for a soak. @throws if it ends before it is ready */
export async function startNatsServer(
  path: string,
): Promise<{ readonly url: string; readonly stop: () => void }> {
  const port = await fixedPorts(1);
  const child = spawn(path, ["-a", "127.0.0.1", "-p", String(port)], {
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  const stop = () => void child.kill("SIGKILL");
  process.once("exit", stop);
  for await (const line of createInterface({ input: child.stderr })) {
    if (!line.includes("Server is ready")) continue;
    child.stderr.resume();
    return { url: `nats://127.0.0.1:${port}`, stop };
  }
  throw new Error(`${path} has ended before it was ready.`);
}
