import { memo } from "react";
import type { ViewMonitor } from "../viewer/protocol.ts";

const GOOD = ["streaming", "waiting", "ended"];

/** The monitors that share the view, each with its state. */
export const MonitorsPanel = memo(function MonitorsPanel({
  monitors,
}: {
  readonly monitors: readonly ViewMonitor[];
}) {
  return (
    <section className="panel" aria-labelledby="monitors">
      <h2 id="monitors">Monitors</h2>
      <table className="counters">
        <tbody>
          {monitors.map(({ name, state, message, eventsPerSecond }) => (
            <tr key={name} title={message}>
              <th scope="row">{name}</th>
              <td className={GOOD.includes(state) ? undefined : "bad"} data-testid={`monitor-${name}`}>
                {state === "streaming" ? `${eventsPerSecond.toFixed(1)} /s` : state.replaceAll("_", " ")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
});
