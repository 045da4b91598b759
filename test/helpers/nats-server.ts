import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import test, { type ExecutionContext } from "ava";
import { NATS_SERVER_PATH } from "./nats-server-path.js";
import { fixedPorts } from "./ports.js";

/** Set where these tests have to run, as in CI. */
const IS_REQUIRED = process.env.REQUIRE_NATS_SERVER !== undefined;

/** A test that needs a NATS server. Where there is none it says so, and fails where it is required. */
export function natsTest(
  title: string,
  run: (t: ExecutionContext, server: NatsServer) => Promise<void>,
  options: readonly string[] = [],
): void {
  test.serial(title, async (t) => {
    if (NATS_SERVER_PATH !== undefined || IS_REQUIRED) return run(t, await NatsServer.start(t, options));
    t.log("Not run, because there is no nats-server. For it: apt-get install nats-server");
    t.pass();
  });
}

/** The address of a server for a test that also makes sense without one. */
export async function natsUrl(t: ExecutionContext): Promise<string> {
  if (NATS_SERVER_PATH !== undefined || IS_REQUIRED) return (await NatsServer.start(t)).url;
  t.log("Runs without a NATS server, because there is none. For it: apt-get install nats-server");
  return "nats://127.0.0.1:9";
}

/** A NATS server of a test's own, on a port that stays the same when it is started again. */
export class NatsServer {
  readonly #port: number;
  readonly #options: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(port: number, options: readonly string[]) {
    this.#port = port;
    this.#options = options;
  }

  /**
   * It is stopped after the test.
   *
   * @param options  of nats-server
   * @throws if there is none: the tests that need one fail, and say what to install
   */
  static async start(t: ExecutionContext, options: readonly string[] = []): Promise<NatsServer> {
    const server = new NatsServer(await fixedPorts(1), options);
    t.teardown(() => server.stop());
    await server.start();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    if (NATS_SERVER_PATH === undefined)
      throw new Error("There is no nats-server: apt-get install nats-server");
    const args = ["-a", "127.0.0.1", "-p", String(this.#port), ...this.#options];
    const child = spawn(NATS_SERVER_PATH, args, { stdio: ["ignore", "ignore", "pipe"] });
    this.#child = child;
    for await (const line of createInterface({ input: child.stderr })) {
      if (line.includes("Server is ready")) {
        child.stderr.resume();
        return;
      }
    }
    throw new Error("nats-server has ended before it was ready.");
  }

  /** Hold it up where it is: it accepts bytes, as far as the system buffers them, and answers nothing. */
  hang(): void {
    this.#child?.kill("SIGSTOP");
  }

  /** End it at once; clients see that their connections break. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }
}
