import { closeSync, constants, readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import { isatty } from "node:tty";

/**
 * Whether `nohup` started this process, or one that it descends from: it is to go on when the terminal hangs up.
 *
 * What `nohup` does, to ignore the signal, cannot be seen any more: Node.js takes every signal's default action at its start.
 * So this looks for what it leaves besides: its name as the shell's last command, the input that it puts in a terminal's
 * place (it can only be written to), and the file that it writes to in a terminal's place.
 */
export function isNohup(): boolean {
  return basename(process.env._ ?? "") === "nohup" || hasInputOfNohup() || hasOutputOfNohup();
}

function hasInputOfNohup(): boolean {
  try {
    const [, flags = ""] = /^flags:\s*([0-7]+)$/m.exec(readFileSync("/proc/self/fdinfo/0", "utf8")) ?? [];
    return (
      readlinkSync("/proc/self/fd/0") === "/dev/null" &&
      (Number.parseInt(flags, 8) & 3) === constants.O_WRONLY
    );
  } catch {
    return false; // a system without /proc
  }
}

function hasOutputOfNohup(): boolean {
  try {
    return basename(readlinkSync("/proc/self/fd/1")) === "nohup.out";
  } catch {
    return false;
  }
}

/**
 * Let the process end well whose terminal has been closed: Node.js gives each terminal that it began with its settings back
 * when it exits, and aborts the process where that is impossible. It leaves out what has been closed.
 */
export function expectHangUp(): void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  process.once("exit", () => {
    for (const fd of terminals) if (!isatty(fd)) closeSync(fd);
  });
}
