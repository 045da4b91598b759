/** Begins a terminal's line anew: what is written next overwrites it. */
const OVERWRITE = "\r\x1b[K";

/** Whether the cursor stands behind a line that is going to be overwritten. */
let isOpen = false;

/** Text that shows a line on a terminal, which the next one, or a log line, overwrites. */
export function openLine(line: string): string {
  isOpen = true;
  return `${OVERWRITE}${line}`;
}

/** Text that shows a line which stays. */
export function closedLine(line: string): string {
  isOpen = false;
  return `${OVERWRITE}${line}\n`;
}

/** Text that makes a line stay that is open. */
export function closeLine(): string {
  const text = isOpen ? "\n" : "";
  isOpen = false;
  return text;
}

/** Text for a line of the log, which shares the terminal: it begins where an open line did. */
export function logLine(line: string): string {
  if (!isOpen || !process.stderr.isTTY) return `${line}\n`;
  return closedLine(line);
}
