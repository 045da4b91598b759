import { basename } from "node:path";
import type {
  DataSourceDescription,
  DescribedFact,
  DescribedFile,
  InputStatus,
  ReturnedValue,
} from "../../api/index.js";
import { isArraySummary } from "../../outputs/index.js";
import { rangeText, tableLines, valueText } from "./page-table.js";
import { utcText, wrapped } from "./page-text.js";
import { type CheckReport, isUnusual, type StreamReport } from "./report.js";

/** A report as a page of plain text: the verdict first, then what to correct, then the details. */
export function checkPage(report: CheckReport): string {
  const sections = [
    headLines(report),
    numbered(
      "FAULTS (the monitor does not start until they are corrected)",
      report.faults.map(({ code, message }) => `${code}: ${message}`),
    ),
    numbered("WARNINGS", report.warnings),
    builtLines(report),
    ...Object.entries(report.data ?? {}).map(([name, description]) => dataLines(name, description)),
    streamLines(report),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n")}`;
}

function headLines(report: CheckReport): string[] {
  const { faults, warnings, unusual, stream, configuration, source, host, version } = report;
  const remarks = [
    ...(warnings.length > 0 ? [counted(warnings.length, "warning")] : []),
    ...(unusual.length > 0 ? [`${counted(unusual.length, "unusual value")}, marked with !`] : []),
    ...(stream?.problems.length ? [`${counted(stream.problems.length, "problem")} of the stream`] : []),
  ];
  const isFine = report.would_start && remarks.length === 0;
  const time = utcText(new Date(report.checked_at));
  return [
    ...wrapped(`CHECK of ${basename(configuration)}, ${time} on ${host}, om-jungfrau ${version}`, "", "  "),
    "",
    report.would_start
      ? "  The monitor would start."
      : `  The monitor would NOT start: ${counted(faults.length, "fault")}.`,
    ...(isFine ? ["  Nothing unusual was found."] : []),
    ...(remarks.length > 0 ? wrapped(`Look at: ${remarks.join("; ")}.`, "  ", "  ") : []),
    "",
    ...labelled("configuration", configuration),
    ...labelled("source", source ?? "none given: the stream was not checked"),
  ];
}

/** Shown if a plugin has no description. */
const NOT_DESCRIBED = "not described by the plugin";

function builtLines({ data_retrieval: retrieval, data, faults }: CheckReport): string[] {
  if (retrieval === null) return [];
  const { name, where, plugin } = retrieval;
  return [
    "WHAT IS BUILT",
    ...labelled("data retrieval", name, `plugin ${plugin.id} ${plugin.version} (${where})`),
    ...(data === null ? labelled("data", NOT_DESCRIBED) : []),
    ...Object.entries(data ?? {}).flatMap(([dataName, { returns, signals, facts = [] }]) =>
      labelled(
        dataName,
        returns === undefined && signals !== undefined
          ? `signals ${signals.join(", ")}`
          : returnedText(returns, faults.length > 0),
        ...facts.map(factText),
      ),
    ),
  ];
}

/** @param isFaulty  whether the monitor would not start: a source that was not built may have no description */
function returnedText(returns: ReturnedValue | undefined, isFaulty: boolean): string {
  if (returns === undefined) return isFaulty ? "unknown; the faults above may be the reason" : NOT_DESCRIBED;
  const { dtype, shape, unit } = returns;
  return [dtype, shape.length > 0 ? `[${shape.join(", ")}]` : "", unit].filter(Boolean).join(" ");
}

function factText(fact: DescribedFact): string {
  const { title, value, unit, usual, where } = fact;
  return [
    `${title} ${value === null ? "unknown" : valueText(value)}${isUnusual(fact) ? "!" : ""}`,
    value === null ? "" : unit,
    usual && `usual ${rangeText(usual)}`,
    where && `(${where})`,
  ]
    .filter(Boolean)
    .join(" ");
}

/** Files and tables of one source; empty for a source that has none. */
function dataLines(name: string, { files = [], tables = [] }: DataSourceDescription): string[] {
  if (files.length + tables.length === 0) return [];
  return [
    ...(files.length > 0 ? [`FILES OF ${name}`, ...files.flatMap(fileLines)] : []),
    ...tables.flatMap((table, index) => [
      ...(files.length + index > 0 ? [""] : []),
      `${table.title.toUpperCase()} (${name})`,
      ...tableLines(table),
      ...(table.notes ?? []).flatMap((note) => wrapped(note, "  - ", "    ")),
    ]),
  ];
}

function fileLines({ where, notes }: DescribedFile): string[] {
  const found = notes.length > 0 ? notes : ["NOT READ: see the faults"];
  return [...wrapped(where, "  ", "      "), ...found.flatMap((note) => wrapped(note, "    - ", "      "))];
}

function streamLines({ source, stream, faults }: CheckReport): string[] {
  if (source === null) return [];
  if (stream === null) return ["STREAM", "  It was not watched: correct the faults first."];
  const { seconds, problems, state, message, inputs } = stream;
  return [
    `STREAM (watched for ${seconds.toFixed(1)} s${faults.length > 0 ? ", without data: see the faults" : ""})`,
    ...problems.flatMap((problem) => wrapped(problem, "  ! ", "    ")),
    ...labelled("state", message === state || problems.includes(message) ? state : `${state}: ${message}`),
    ...rateLines(stream),
    ...completenessLines(stream),
    ...inputs.flatMap((input) => inputLines(input, stream)),
    ...newestLines(stream),
  ];
}

function rateLines({ frame_rate_hz: rate, events, lag_seconds: lag }: StreamReport): string[] {
  const rateText = rate === null ? "unknown" : `${Number(rate.toPrecision(3))} Hz`;
  const milliseconds = (seconds: number) => `${Math.round(1000 * seconds)} ms`;
  return [
    ...labelled("frame rate", `${rateText}; ${counted(events, "event")} reached this check`),
    ...(lag === null
      ? []
      : labelled(
          "lag",
          `${milliseconds(lag.median)} (median), ${milliseconds(lag.max)} at most, from timestamp to finished data`,
        )),
  ];
}

function completenessLines({ shares, counters }: StreamReport): string[] {
  const {
    module_frames: frames,
    incomplete,
    unpaired,
    missed,
    waiting = 0,
    end_messages: ends = 0,
  } = counters;
  if (frames === undefined) return [];
  const withShare = (count = 0, share = 0) => `${count} (${Number((100 * share).toPrecision(2))} %)`;
  return [
    ...labelled("module frames", `${frames}, and ${counted(ends, "end message")}`),
    ...labelled("incomplete", `${withShare(incomplete, shares?.incomplete)} lost packets`),
    ...labelled(
      "unpaired",
      `${withShare(unpaired, shares?.unpaired)} without their other half; ${waiting} still waiting for it`,
    ),
    ...labelled("missed", `${withShare(missed, shares?.missed)} by the gaps in the frame numbers`),
  ];
}

function inputLines({ name, problem, counters }: InputStatus, { progress }: StreamReport): string[] {
  const counts = Object.entries(counters).map(
    ([counter, count]) => `${counter.replaceAll("_", " ")} ${count}`,
  );
  const state = progress === null ? "connected" : `${progress.done} of ${progress.total} exposures played`;
  return wrapped(`${name}: ${problem ?? state}; ${counts.join(", ")}`, "  ", "      ");
}

function newestLines({ newest_event: event }: StreamReport): string[] {
  if (event === null) return [];
  return Object.entries(event).flatMap(([name, value]) => {
    const date = name === "timestamp" ? dateOf(value) : undefined;
    return labelled(`last ${name}`, date ? `${lastText(value)} (${utcText(date)})` : lastText(value));
  });
}

/** @returns undefined if the value is not a time in seconds since 1970 */
function dateOf(timestampSeconds: unknown): Date | undefined {
  if (typeof timestampSeconds !== "number") return undefined;
  const date = new Date(1000 * timestampSeconds);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** A value as `monitor --json` writes it, as text; reasons without bad pixels are omitted. */
function lastText(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (!isArraySummary(value)) return JSON.stringify(value);
  const { min, max, mean, unit, bad_pixels: bad, bad_pixels_by_reason: reasons = {} } = value;
  const byReason = Object.entries(reasons).filter(([, count]) => count > 0);
  return [
    `${valueText(min)} to ${valueText(max)}, mean ${valueText(mean)} ${unit ?? ""}`.trimEnd(),
    ...(bad === undefined ? [] : [counted(bad, "bad pixel")]),
    ...byReason.map(([reason, count]) => `${reason} ${count}`),
    ...(value.incomplete ? ["incomplete!"] : []),
    ...(value.wrong_constants ? ["wrong constants!"] : []),
  ].join(", ");
}

function numbered(title: string, texts: readonly string[]): string[] {
  if (texts.length === 0) return [];
  return [
    title,
    ...texts.flatMap((text, index) => {
      const number = `  ${index + 1}. `;
      return wrapped(text, number, " ".repeat(number.length));
    }),
  ];
}

const LABEL_COLUMNS = 20;

/** Texts beside a label, each on a new line. */
function labelled(label: string, ...texts: readonly string[]): string[] {
  const rest = " ".repeat(LABEL_COLUMNS + 2);
  return texts.flatMap((text, index) =>
    wrapped(text, index === 0 ? `  ${`${label}  `.padEnd(LABEL_COLUMNS)}` : rest, rest),
  );
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
