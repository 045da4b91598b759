import { memo, useMemo } from "react";
import type { Report, Sample, SignalInfo } from "../viewer/protocol.ts";
import { signalSeries } from "./display/history.ts";
import { signalText } from "./display/signal-text.ts";
import { SparkLine } from "./spark-line.tsx";
import type { Theme } from "./use-theme.ts";

interface SignalsPanelProps {
  readonly report: Report;
  readonly history: readonly Sample[];
  readonly theme: Theme;
}

/** Values of data sources other than images: each signal's value, and its last two minutes. */
export const SignalsPanel = memo(function SignalsPanel({ report, history, theme }: SignalsPanelProps) {
  return (
    <section className="panel" aria-labelledby="signals">
      <h2 id="signals">Signals</h2>
      <dl className="numbers signals">
        {report.signals.map((signal) => (
          <SignalRow
            key={signal.name}
            signal={signal}
            level={report.sample.signals[signal.name] ?? null}
            history={history}
            theme={theme}
          />
        ))}
      </dl>
    </section>
  );
});

interface SignalRowProps extends Omit<SignalsPanelProps, "report"> {
  readonly signal: SignalInfo;
  readonly level: number | null;
}

function SignalRow({ signal, level, history, theme }: SignalRowProps) {
  const { name } = signal;
  const series = useMemo(() => signalSeries(history, name), [history, name]);
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <b data-testid={`signal-${name}`}>{signalText(signal, level)}</b>
      </dd>
      <dd>
        <SparkLine label={`${name}, last two minutes`} series={series} theme={theme} />
      </dd>
    </>
  );
}
