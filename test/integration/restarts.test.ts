import { setTimeout as delay } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { seededRandom } from "../../src/simulator/random.js";
import { Command } from "../helpers/command.js";
import { fixedAddress } from "../helpers/ports.js";

/** A long run on demand has more of them. */
const ROUNDS = Number(process.env.OM_JUNGFRAU_TEST_ROUNDS ?? 10);
const PERIOD_MS = 50;
/** How far a new run begins below the end of the one before: numbers of frames that wait there for their halves come again. */
const STEP_BACK_FRAMES = 20;
/** Many times what a round takes on a slow machine: nothing is measured, a hang has to end somehow. */
const HANG_MS = 60_000;

type Victim = "detector" | "module 0" | "module 1" | "receiver" | "monitor";

/** A detector, perhaps a receiver, and a monitor, each a process of its own; at fixed ports. */
class Beamline {
  readonly #t: ExecutionContext;
  readonly #ports: readonly [string, string];
  readonly #output: string | undefined;
  readonly #senders: Command[] = [];
  #receiver: Command | undefined;
  #monitor: Command;
  #run = 0;
  #firstNumber = 1000;
  /** Where the run before was killed. */
  #oldEnd = 0;
  #startMs = Date.now();

  private constructor(t: ExecutionContext, ports: readonly [string, string], output: string | undefined) {
    this.#t = t;
    this.#ports = ports;
    this.#output = output;
    this.#receiver = this.#startReceiver();
    this.#monitor = this.#startMonitor();
    for (const moduleIndex of [0, 1]) this.#startSender(moduleIndex);
  }

  static async start(t: ExecutionContext, { withReceiver }: { withReceiver: boolean }): Promise<Beamline> {
    const ports = [await fixedAddress(), await fixedAddress()] as const;
    return new Beamline(t, ports, withReceiver ? await fixedAddress() : undefined);
  }

  /** Kill a process, or both that are the detector, and start it again. */
  async restart(victim: Victim): Promise<void> {
    if (victim === "monitor") {
      await this.#monitor.kill();
      this.#monitor = this.#startMonitor();
    } else if (victim === "receiver") {
      await this.#receiver?.kill();
      this.#receiver = this.#startReceiver();
    } else if (victim === "detector") {
      await Promise.all(this.#senders.map((sender) => sender.kill()));
      this.#beginRun();
      for (const moduleIndex of [0, 1]) this.#startSender(moduleIndex);
    } else {
      const moduleIndex = Number(victim.at(-1));
      await this.#senders[moduleIndex]?.kill();
      this.#startSender(moduleIndex);
    }
  }

  /** Resolves when the monitor has got an event of which both halves were sent from now on, and above the old run's. */
  async flows(): Promise<void> {
    const nowMs = Date.now();
    const line = await this.#monitor.nextLine((line) => {
      const { sentMs, frameNumber } = JSON.parse(line);
      return sentMs >= nowMs && frameNumber > this.#oldEnd;
    });
    this.#t.is(JSON.parse(line).run, this.#run);
  }

  /** End everything in good order. */
  async end(): Promise<{ monitor: Record<string, number>; receiver?: Record<string, number> }> {
    const monitor = await this.#summary(this.#monitor);
    const receiver = this.#receiver && (await this.#summary(this.#receiver));
    for (const sender of this.#senders) {
      sender.interrupt();
      this.#t.is(await sender.ended(), 0, sender.stderr);
    }
    return { monitor, ...(receiver && { receiver }) };
  }

  async #summary(command: Command): Promise<Record<string, number>> {
    command.interrupt();
    this.#t.is(await command.ended(), 0, command.stderr);
    return JSON.parse(command.stdout.at(-1) ?? "").summary;
  }

  #beginRun(): void {
    const nowMs = Date.now();
    this.#run += 1;
    this.#oldEnd = this.#firstNumber + Math.ceil((nowMs - this.#startMs) / PERIOD_MS);
    this.#firstNumber = this.#oldEnd - STEP_BACK_FRAMES;
    this.#startMs = nowMs;
  }

  #startSender(moduleIndex: number): void {
    const url = this.#ports[moduleIndex];
    const args = [url, moduleIndex, this.#run, this.#firstNumber, this.#startMs, PERIOD_MS].map(String);
    this.#senders[moduleIndex] = new Command(this.#t, args, { script: "dist/test/tools/send-stamped.js" });
  }

  #startReceiver(): Command | undefined {
    if (this.#output === undefined) return undefined;
    return new Command(this.#t, ["receive", "--json", ...this.#ports, this.#output]);
  }

  #startMonitor(): Command {
    const source = this.#output ?? this.#ports.join(",");
    return new Command(this.#t, [source], { script: "dist/test/tools/watch-stamped.js" });
  }
}

const topologies: readonly { name: string; withReceiver: boolean; victims: readonly Victim[] }[] = [
  {
    name: "a monitor on the module's streams",
    withReceiver: false,
    victims: ["detector", "module 0", "module 1", "monitor"],
  },
  {
    name: "a monitor behind a receiver",
    withReceiver: true,
    victims: ["detector", "module 0", "module 1", "receiver", "monitor"],
  },
];

for (const [seed, { name, withReceiver, victims }] of topologies.entries()) {
  test(`${name} goes on, ${ROUNDS} times, when any process is killed and started again`, async (t) => {
    const random = seededRandom(seed);
    const beamline = await Beamline.start(t, { withReceiver });
    await orHang(beamline.flows(), "start");
    for (let round = 0; round < ROUNDS; round++) {
      const victim = victims[Math.floor(random() * victims.length)] as Victim;
      await orHang(
        beamline.restart(victim).then(() => beamline.flows()),
        `round ${round}, ${victim}`,
      );
    }
    const { monitor, receiver } = await orHang(beamline.end(), "end");
    isAccountedFor(t, monitor);
    t.true((monitor.delivered ?? 0) > 0);
    if (receiver === undefined) return;
    isAccountedFor(t, receiver);
    t.is(receiver.delivered, (receiver.sent ?? 0) + (receiver.unsent ?? 0));
  });
}

/** Both identities of a process that has ended, so that nothing waits. */
function isAccountedFor(t: ExecutionContext, counters: Record<string, number>): void {
  const sum = (...names: string[]) => names.reduce((total, name) => total + (counters[name] as number), 0);
  const known =
    2 * sum("paired") + sum("partial_frames", "unpaired", "cut_off", "late", "duplicate", "malformed");
  t.is(counters.module_frames, known, JSON.stringify(counters));
  t.is(
    sum("paired", "partial"),
    sum("delivered", "skipped", "dropped", "abandoned"),
    JSON.stringify(counters),
  );
  t.like(counters, { waiting: 0, duplicate: 0, malformed: 0 });
}

async function orHang<T>(step: Promise<T>, what: string): Promise<T> {
  const limit = delay(HANG_MS, undefined, { ref: false }).then(() => {
    throw new Error(`${what}: no events for ${HANG_MS / 1000} s`);
  });
  return Promise.race([step, limit]);
}
