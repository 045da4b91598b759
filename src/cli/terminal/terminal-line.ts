/** Returns to the start of a terminal's line, so that the next text overwrites it. */
const OVERWRITE = "\r\x1b[K";

/** Whether the cursor is at the end of a line that will be overwritten. */
let isOpen = false;

/** Text that shows a line on a terminal, which the next one, or a log line, overwrites. */
export function openLine(line: string): string {
  isOpen = true;
  return `${OVERWRITE}${line}`;
}

/** Text that shows a permanent line. */
export function closedLine(line: string): string {
  isOpen = false;
  return `${OVERWRITE}${line}\n`;
}

/** Text that makes the current line permanent. */
export function closeLine(): string {
  const text = isOpen ? "\n" : "";
  isOpen = false;
  return text;
}

/** Text for a line of the log, which shares the terminal: it overwrites the current line. */
export function logLine(line: string): string {
  if (!isOpen || !process.stderr.isTTY) return `${line}\n`;
  return closedLine(line);
}
