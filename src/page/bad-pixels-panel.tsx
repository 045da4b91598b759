import { memo } from "react";
import { BAD_PIXEL_REASONS } from "../viewer/protocol.ts";
import { REASON_WORDS } from "./display/pixel-reading.ts";

/** Bad pixels of the newest frame, by reason. */
export const BadPixelsPanel = memo(function BadPixelsPanel({
  counts,
}: {
  readonly counts: Readonly<Record<string, number>>;
}) {
  return (
    <section className="panel" aria-labelledby="bad-pixels">
      <h2 id="bad-pixels">Bad pixels of the newest frame</h2>
      <table className="counters">
        <tbody>
          {BAD_PIXEL_REASONS.filter((reason) => counts[reason] !== undefined).map((reason) => (
            <tr key={reason}>
              <th scope="row">{REASON_WORDS[reason]}</th>
              <td data-testid={`bad-${reason}`}>{(counts[reason] ?? 0).toLocaleString("en-GB")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
});
