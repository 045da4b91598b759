import { Btn } from "@h5web/lib";
import { memo } from "react";
import type { PageMessage, Report } from "../viewer/protocol.ts";

interface PedestalsPanelProps {
  readonly counters: Report["counters"];
  readonly send: (message: PageMessage) => void;
}

/** The drift of pedestals that follow the frames from the dark files, and the button to reset it. */
export const PedestalsPanel = memo(function PedestalsPanel({ counters, send }: PedestalsPanelProps) {
  const drifts = Object.entries(counters).filter(([name]) => name.endsWith("_pedestal_drift_adu"));
  return (
    <section className="panel" aria-labelledby="pedestals">
      <h2 id="pedestals">Pedestals</h2>
      <table className="counters">
        <tbody>
          {drifts.map(([name, drift]) => (
            <tr key={name}>
              <th scope="row">{name.replace("_adu", "").replaceAll("_", " ")}</th>
              <td>{`${drift.toFixed(1)} ADU`}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Btn
        raised
        label="Reset pedestals"
        title="Return to the pedestals of the dark files, for all pages of this monitor."
        onClick={() => send({ type: "resetPedestals" })}
      />
    </section>
  );
});
