import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { HANGS, startSimulator } from "./simulator.mjs";

/** Stands between a monitor and a port of the detector, and counts the monitor's connections. */
class Gate {
  #server;
  #open = new Set();
  accepted = 0;

  static async before(url) {
    const { hostname, port } = new URL(url);
    const gate = new Gate();
    gate.#server = createServer((socket) => {
      gate.accepted += 1;
      gate.#open.add(socket);
      const onward = connect(Number(port), hostname);
      socket
        .on("error", () => {})
        .once("close", () => {
          gate.#open.delete(socket);
          onward.destroy();
        });
      onward.on("error", () => {}).once("close", () => socket.destroy());
      socket.pipe(onward).pipe(socket);
    }).listen(0, "127.0.0.1");
    await once(gate.#server, "listening");
    return gate;
  }

  get url() {
    return `tcp://127.0.0.1:${this.#server.address().port}`;
  }

  /** Resolves when the monitor has closed every connection. */
  async empty() {
    while (this.#open.size > 0) {
      const [socket] = this.#open;
      await new Promise((resolve) => socket.once("close", resolve));
    }
  }

  close() {
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
  }
}

test("after dispose nothing is open, and the process ends by itself", HANGS, async (t) => {
  const { source, configuration } = await startSimulator(t);
  const gates = await Promise.all(source.split(",").map((url) => Gate.before(url)));
  t.after(() => {
    for (const gate of gates) gate.close();
  });

  const script = fileURLToPath(new URL("leave.mjs", import.meta.url));
  const monitor = spawn(process.execPath, [script, configuration, gates.map(({ url }) => url).join()], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  t.after(() => monitor.kill("SIGKILL"));
  const ended = once(monitor, "close");
  const lines = createInterface({ input: monitor.stdout })[Symbol.asyncIterator]();
  const { value: resources } = await lines.next();
  assert.equal(resources, "[]");
  for (const gate of gates) await gate.empty();
  assert.deepEqual(
    gates.map(({ accepted }) => accepted),
    [2, 2],
  );
  monitor.stdin.end();
  assert.deepEqual(await ended, [0, null]);
});
