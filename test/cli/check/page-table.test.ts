import test from "ava";
import { tableLines } from "../../../src/cli/check/page-table.js";
import { PAGE_COLUMNS } from "../../../src/cli/check/page-text.js";

const columns = ["module", "stage", "pedestal"].map((name) => ({ name, title: name }));
const rows = [
  {
    module: { value: 0 },
    stage: { value: "G0" },
    pedestal: { value: 2500, usual: { min: 1000, max: 6000 } },
  },
  {
    module: { value: 1 },
    stage: { value: "G0" },
    pedestal: { value: 9000, usual: { min: 1000, max: 6000 } },
  },
];

test("a table that fits the page has a line for each row", (t) => {
  const lines = tableLines({ name: "constants", title: "Constants", columns, rows });
  t.is(lines.length, 4);
  t.regex(lines[0] ?? "", /^ +module +stage +pedestal$/);
  t.regex(lines[1] ?? "", /^ +usual +1000\.\.6000$/);
  t.regex(lines[3] ?? "", /^ +1 +G0 +9000!$/);
});

test("a table that is too wide for the page has a paragraph for each row", (t) => {
  const wide = columns.map((column) => ({
    ...column,
    unit: "ADU",
    title: `${column.title} ${"x".repeat(30)}`,
  }));
  const lines = tableLines({ name: "constants", title: "Constants", columns: wide, rows });
  t.true(lines.every((line) => line.length <= PAGE_COLUMNS));
  const text = lines.join("\n").replaceAll(/\s+/g, " ").trim();
  const x = "x".repeat(30);
  t.is(
    text,
    `module ${x} 0 ADU, stage ${x} G0 ADU, pedestal ${x} 2500 ADU module ${x} 1 ADU, stage ${x} G0 ADU, pedestal ${x} 9000! ADU`,
  );
  t.is(lines.filter((line) => /^ {2}\S/.test(line)).length, 2);
});

test("a usual range stands in the head also where some values have none", (t) => {
  const [first, second] = rows;
  const unjudged = { ...second, pedestal: { value: null } };
  const lines = tableLines({
    name: "constants",
    title: "Constants",
    columns,
    rows: [first, unjudged] as typeof rows,
  });
  t.regex(lines[1] ?? "", /^ +usual +1000\.\.6000$/);
  t.regex(lines[3] ?? "", /^ +1 +G0 +none$/);
});
