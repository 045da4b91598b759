import { fstatSync } from "node:fs";
import type { Logger } from "../../api/index.js";
import { SYSTEM_CLOCK } from "../../host/system-clock.js";
import { logLine } from "./terminal-line.js";

const MINUTE_MS = 60_000;

/** Writes log lines with their times to standard error, so that standard output contains only data. */
export function stderrLogger({ verbose }: { verbose: boolean }): Logger {
  const write = (level: string, message: string) => logToStderr(`${level}${message}`);
  return {
    debug: (message) => verbose && write("debug: ", message),
    info: (message) => write("", message),
    warn: (message) => write("warning: ", message),
    error: (message) => write("error: ", message),
  };
}

/** Write one line of the log, with the time of the clock that is also used for events. */
export function logToStderr(line: string): void {
  const time = () => localTime(new Date(1000 * SYSTEM_CLOCK.nowSeconds()));
  process.stderr.write(logLine(hasOwnTimes() ? line : `${time()} ${line}`));
}

let isJournal: boolean | undefined;

/** Whether standard error is systemd's journal, which adds the times itself. */
function hasOwnTimes(): boolean {
  isJournal ??= isConnectedToJournal(process.env.JOURNAL_STREAM);
  return isJournal;
}

/**
 * @param journalStream  device and inode of the stream that systemd connected; standard error may have been
 *   redirected since
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#%24JOURNAL_STREAM
 */
function isConnectedToJournal(journalStream: string | undefined): boolean {
  if (journalStream === undefined) return false;
  const { dev, ino } = fstatSync(process.stderr.fd, { bigint: true });
  return journalStream === `${dev}:${ino}`;
}

/** `2026-03-29T03:00:00.000+02:00`: local time in ISO 8601. */
export function localTime(date: Date): string {
  const offsetMinutes = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offsetMinutes * MINUTE_MS).toISOString().slice(0, -1);
  const sign = offsetMinutes < 0 ? "-" : "+";
  const minutes = Math.abs(offsetMinutes);
  return `${local}${sign}${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
