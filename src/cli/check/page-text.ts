/** Widest line of a page. */
export const PAGE_COLUMNS = 100;

/**
 * Break a text into lines of a page, at spaces; words that are too long, such as paths, after a slash or comma, or at
 * the end of the line.
 *
 * @param first  prefix of the first line
 * @param rest   prefix of the other lines
 */
export function wrapped(text: string, first: string, rest: string): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  const end = () => {
    lines.push(line.trimEnd());
    line = rest;
    isEmpty = true;
  };
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    for (const [index, piece] of pieces(word, PAGE_COLUMNS - rest.length).entries()) {
      const gap = isEmpty || index > 0 ? "" : " ";
      if (!isEmpty && line.length + gap.length + piece.length > PAGE_COLUMNS) {
        end();
        line += piece;
      } else {
        line += gap + piece;
      }
      isEmpty = false;
    }
  }
  end();
  return lines;
}

/** Break a word into parts that fit a line: after slashes and commas, or anywhere. */
function pieces(word: string, columns: number): string[] {
  if (word.length <= columns) return [word];
  const parts = word.match(/[^/,]*[/,]?/g) ?? [];
  return parts.flatMap((part) => part.match(new RegExp(`.{1,${columns}}`, "gu")) ?? []);
}

/**
 * A whole number unchanged; another one with five digits, at most four of them after the point, without trailing
 * zeros; a very small one with three.
 */
export function numberText(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const isSmall = Math.abs(value) < 0.001;
  return String(isSmall ? Number(value.toPrecision(3)) : Number(Number(value.toPrecision(5)).toFixed(4)));
}

/** `2026-03-29 01:00:00 UTC`: a valid time, without its fraction of a second. */
export function utcText(date: Date): string {
  return date
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, " UTC");
}
