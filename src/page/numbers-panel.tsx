import { memo, useMemo } from "react";
import type { Report, Sample } from "../viewer/protocol.ts";
import { type SeriesName, seriesOf } from "./display/history.ts";
import { formatValue } from "./display/pixel-reading.ts";
import { formatRate, frameRateText } from "./display/rate-text.ts";
import { SparkLine } from "./spark-line.tsx";
import type { Theme } from "./use-theme.ts";

interface NumbersPanelProps {
  readonly report: Report;
  readonly history: readonly Sample[];
  readonly theme: Theme;
}

/** The monitor's numbers: each one's value, and its last two minutes. */
export const NumbersPanel = memo(function NumbersPanel({ report, history, theme }: NumbersPanelProps) {
  const { sample, counters } = report;
  const rest = { history, theme };
  return (
    <section className="panel" aria-labelledby="numbers">
      <h2 id="numbers">Stream</h2>
      <dl className="numbers">
        <NumberRow {...rest} name="eventsPerSecond" label="Frame rate">
          {frameRateText(sample)}
        </NumberRow>
        <NumberRow {...rest} name="lagSeconds" label="Lag">
          {sample.lagSeconds === null ? "–" : formatSeconds(sample.lagSeconds)}
        </NumberRow>
        <NumberRow {...rest} name="skipped" label="Skipped" isCounted>
          {counted(sample.skipped)}
        </NumberRow>
        <NumberRow {...rest} name="partial" label="Module missing" isCounted>
          {counted(sample.partial)}
        </NumberRow>
        <NumberRow {...rest} name="unpaired" label="Unpaired" isCounted>
          {counted(sample.unpaired)}
        </NumberRow>
        <NumberRow {...rest} name="incomplete" label="Incomplete" isCounted>
          {counted(sample.incomplete)}
        </NumberRow>
        <NumberRow {...rest} name="badPixels" label="Bad pixels">
          {Object.keys(report.badPixels).length === 0 ? "–" : counted(sample.badPixels)}
        </NumberRow>
      </dl>
      <details>
        <summary>All counters since the start</summary>
        <table className="counters">
          <tbody>
            {Object.entries(counters).map(([name, count]) => (
              <tr key={name}>
                <th scope="row">{name.replaceAll("_", " ")}</th>
                <td data-testid={`counter-${name}`}>{counted(count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
});

interface NumberRowProps {
  readonly name: SeriesName;
  readonly label: string;
  readonly history: readonly Sample[];
  readonly theme: Theme;
  /** A number that only increases: its graph and a second number show the rate. */
  readonly isCounted?: boolean;
  readonly children: string;
}

function NumberRow({ name, label, history, theme, isCounted = false, children }: NumberRowProps) {
  const series = useMemo(() => seriesOf(history, name), [history, name]);
  const growth = series[1].at(-1) ?? 0;
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <b data-testid={`number-${name}`}>{children}</b>
        {isCounted && <small className={growth > 0 ? "bad" : undefined}>{`+${formatRate(growth)} /s`}</small>}
      </dd>
      <dd>
        <SparkLine label={`${label}, last two minutes`} series={series} theme={theme} />
      </dd>
    </>
  );
}

const counted = (count: number) => count.toLocaleString("en-GB");
const formatSeconds = (lag: number) =>
  Math.abs(lag) < 1 ? `${Math.round(lag * 1000)} ms` : `${formatValue(Number(lag.toPrecision(3)))} s`;
