import { readFileSync } from "node:fs";

const LOOK_INTERVAL_MS = 500;

/**
 * Call back when the `npx om-jungfrau …` that started this process has ended, or the shell between them. npx forwards
 * SIGTERM and SIGINT to this shell, which ends without forwarding them; other signals end only npx.
 *
 * A process that was started in another way is not affected: `nohup … &`, `setsid` and services are meant to outlive
 * what started them.
 *
 * @param looks  how many looks in a row, half a second apart, must find it gone: several if a signal to this process may
 *               still stop the looking
 * @returns a function that stops looking
 */
export function whenNpxHasGone(callback: () => void, looks = 1): () => void {
  if (!isStartedByNpx(process.env)) return () => undefined;
  const parents = parentsUpToNpx();
  let found = 0;
  const timer = setInterval(() => {
    if (parentsUpToNpx().join() === parents.join()) return;
    found += 1;
    if (found < looks) return;
    clearInterval(timer);
    callback();
  }, LOOK_INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Whether npm is the parent, so that its signals arrive here, including those that a terminal has already sent here.
 * Usually there is a shell between, but some shells replace themselves by the last command that they run.
 */
export function isChildOfNpm(): boolean {
  return /^npm\b/.test(commandOf(process.ppid)?.[0] ?? "");
}

/**
 * All descendants of npx inherit its variables. The one with its command, in quotes, shows whether it started this
 * program.
 */
function isStartedByNpx({ npm_lifecycle_event: event, npm_lifecycle_script: script }: NodeJS.ProcessEnv) {
  return event === "npx" && /^["']?om-jungfrau["']?$/.test(script ?? "");
}

/** The parent, and the grandparent if the parent is a shell that runs a single command line. */
function parentsUpToNpx(): number[] {
  const parent = process.ppid;
  return commandOf(parent)?.[1] === "-c" ? [parent, parentOf(parent)] : [parent];
}

/** Name and arguments of a process; undefined if it has ended, or on a system without /proc. */
function commandOf(pid: number): string[] | undefined {
  return readProc(pid, "cmdline")?.split("\0");
}

/** NaN if the process has ended. */
function parentOf(pid: number): number {
  // The process's name is in brackets, and may contain brackets; its state and parent follow.
  return Number(/.*\) \S (\d+) /s.exec(readProc(pid, "stat") ?? "")?.[1]);
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}
