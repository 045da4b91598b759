import { readFileSync } from "node:fs";

const LOOK_INTERVAL_MS = 500;

/**
 * Call back when the `npx om-jungfrau …` that started this process has gone, or the shell between them. npx hands SIGTERM
 * and SIGINT on to that shell, which ends and hands nothing on; at other signals npx ends alone.
 *
 * A process that was started in another way is left alone: to outlive what started it is what `nohup … &`, `setsid` and
 * services are for.
 *
 * @returns a function that stops looking
 */
export function whenNpxHasGone(callback: () => void): () => void {
  if (!isStartedByNpx(process.env)) return () => undefined;
  const parents = parentsUpToNpx();
  const timer = setInterval(() => {
    if (parentsUpToNpx().join() === parents.join()) return;
    clearInterval(timer);
    callback();
  }, LOOK_INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Whether npm is the parent, so that its signals come here, those that a terminal has sent here already as well. Mostly there
 * is a shell between; but some shells become the last command that they run.
 */
export function isChildOfNpm(): boolean {
  return /^npm\b/.test(commandOf(process.ppid)?.[0] ?? "");
}

/** npx's variables reach all that it starts. The command that it was asked for, in quotes, says that it was this one. */
function isStartedByNpx({ npm_lifecycle_event: event, npm_lifecycle_script: script }: NodeJS.ProcessEnv) {
  return event === "npx" && /^["']?om-jungfrau["']?$/.test(script ?? "");
}

/** The parent, and the parent's if the parent is a shell that runs one line. */
function parentsUpToNpx(): number[] {
  const parent = process.ppid;
  return commandOf(parent)?.[1] === "-c" ? [parent, parentOf(parent)] : [parent];
}

/** Name and arguments of a process; undefined if it has gone, or on a system without /proc. */
function commandOf(pid: number): string[] | undefined {
  return readProc(pid, "cmdline")?.split("\0");
}

/** NaN if the process has gone. */
function parentOf(pid: number): number {
  // The process's name is in brackets, and may hold brackets; its state and its parent follow.
  return Number(/.*\) \S (\d+) /s.exec(readProc(pid, "stat") ?? "")?.[1]);
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}
