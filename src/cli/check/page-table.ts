import type { DescribedColumn, DescribedTable, DescribedValue, UsualRange } from "../../api/index.js";
import { numberText, PAGE_COLUMNS, wrapped } from "./page-text.js";
import { isUnusual } from "./report.js";

const INDENT = "  ";
/** Space between columns; its first character may be the mark of an unusual value. */
const MARK = "!";

interface PrintedColumn {
  readonly heads: [title: string, unit: string, usual: string];
  readonly cells: readonly string[];
  /** Whether each cell is followed by a mark. */
  readonly marks: readonly boolean[];
}

/** A table as lines of a page. A usual range is in the header if it is the same for all rows, else in a column. */
export function tableLines({ columns, rows }: DescribedTable): string[] {
  const printed = columns.flatMap((column) =>
    printedColumns(
      column,
      rows.map((row) => row[column.name] ?? { value: null }),
    ),
  );
  const [firstColumn] = printed;
  // Label of the third line of the header.
  if (firstColumn !== undefined && printed.some(({ heads }) => heads[2] !== ""))
    firstColumn.heads[2] ||= "usual";
  const widths = printed.map(({ heads, cells }) =>
    Math.max(...[...heads, ...cells].map(({ length }) => length)),
  );
  const width = INDENT.length + widths.reduce((sum, one) => sum + one + 2, 0);
  if (width > PAGE_COLUMNS + 1) return listLines(printed, rows.length);

  const line = (texts: readonly string[], marks: readonly boolean[] = []) =>
    INDENT +
    texts
      .map((text, index) => `${text.padStart(widths[index] as number)}${marks[index] ? MARK : " "}`)
      .join(" ")
      .trimEnd();
  return [
    ...[0, 1, 2].map((head) => line(printed.map(({ heads }) => heads[head] as string))),
    ...rows.map((_, row) =>
      line(
        printed.map(({ cells }) => cells[row] as string),
        printed.map(({ marks }) => marks[row] === true),
      ),
    ),
  ].filter((text) => text.trim() !== "");
}

function printedColumns(
  { title, unit = "" }: DescribedColumn,
  values: readonly DescribedValue[],
): PrintedColumn[] {
  const usual = values.map((value) => value.usual && rangeText(value.usual));
  const ranges = new Set(usual.filter((range) => range !== undefined));
  const isSame = ranges.size <= 1; // a value without a range is not checked, and needs no column
  const [range = ""] = ranges;
  const column: PrintedColumn = {
    heads: [title, unit, isSame ? range : ""],
    cells: values.map(({ value }) => valueText(value)),
    marks: values.map(isUnusual),
  };
  if (isSame) return [column];
  const none = values.map(() => false);
  return [column, { heads: ["usual", "", ""], cells: usual.map((range) => range ?? ""), marks: none }];
}

/** A table that is too wide for the page: a paragraph for each row. */
function listLines(printed: readonly PrintedColumn[], rowCount: number): string[] {
  return Array.from({ length: rowCount }, (_, row) => {
    const parts = printed.map(({ heads: [title, unit], cells, marks }) =>
      `${title} ${cells[row]}${marks[row] ? MARK : ""} ${unit}`.trim(),
    );
    return wrapped(parts.join(", "), INDENT, `${INDENT}  `);
  }).flat();
}

export function valueText(value: number | string | null): string {
  if (value === null) return "none";
  return typeof value === "number" ? numberText(value) : value;
}

/** `30..52`: without spaces, so that it is not broken; the numbers may be negative. */
export function rangeText({ min, max }: UsualRange): string {
  return `${numberText(min)}..${numberText(max)}`;
}
