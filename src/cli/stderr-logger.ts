import type { Logger } from "../api/index.js";
import { logLine } from "./terminal-line.js";

/** Writes log lines to standard error, so that standard output stays for data. */
export function stderrLogger({ verbose }: { verbose: boolean }): Logger {
  const write = (level: string, message: string) => process.stderr.write(logLine(`${level}${message}`));
  return {
    debug: (message) => verbose && write("debug: ", message),
    info: (message) => write("", message),
    warn: (message) => write("warning: ", message),
    error: (message) => write("error: ", message),
  };
}
