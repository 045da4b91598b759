import { closeSync, constants, readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import { isatty } from "node:tty";

/**
 * Whether `nohup` started this process or an ancestor, so that it must continue when the terminal closes.
 *
 * That `nohup` ignores the signal is no longer visible, because Node.js resets the actions of all signals when it
 * starts. The check therefore uses other traces: its name as the shell's last command, the write-only input that
 * replaces a terminal, and the output file that replaces a terminal.
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
 * Allow a clean exit after the terminal was closed: at exit, Node.js restores the settings of each terminal that it
 * started with, and aborts the process if that is impossible. It skips closed descriptors.
 */
export function expectHangUp(): void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  process.once("exit", () => {
    for (const fd of terminals) if (!isatty(fd)) closeSync(fd);
  });
}
