import type { Report } from "../viewer/protocol.ts";
import { type Connection, STATE_WORDS } from "./display/condition.ts";

interface StreamStateProps {
  readonly connection: Connection;
  readonly report: Report | null;
}

/** The stream's state as a word and a colour, with its message. */
export function StreamState({ connection, report }: StreamStateProps) {
  const isKnown = connection === "open" && report !== null;
  const state = isKnown ? report.state : "unknown";
  return (
    <p className="stream-state" data-testid="stream-state" data-state={state}>
      <b role="status">{isKnown ? STATE_WORDS[report.state] : "No connection"}</b>{" "}
      {isKnown && report.state !== "streaming" && <span>{report.message}</span>}
    </p>
  );
}
