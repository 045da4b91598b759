import type { Report } from "../../viewer/protocol.js";

export type Connection = "connecting" | "open" | "gone" | "refused";

/** From when on a page says that nothing new comes. */
export const QUIET_SECONDS = 3;

/** What a page knows when it says how things stand. */
export interface ConditionInput {
  readonly connection: Connection;
  readonly report: Pick<Report, "state" | "message"> | null;
  /** Since the shown image came; null if there is none. */
  readonly imageAgeSeconds: number | null;
  /** Whether images are asked for: not while paused. */
  readonly isLive: boolean;
  /** Whether the monitor has a newer frame than the shown one: then the page is slow, not the stream. */
  readonly isBehind: boolean;
  /** For how long an image has been waited for. */
  readonly quietSeconds: number;
}

/** How things stand: `well` needs no word, all else is said over the image. */
export type ConditionKind = "connecting" | "gone" | "refused" | "noFrame" | "quiet" | "well";

export interface Condition {
  readonly kind: ConditionKind;
  readonly title: string;
  readonly detail: string;
}

export function conditionOf(input: ConditionInput): Condition {
  const { connection, report, imageAgeSeconds, isLive, isBehind, quietSeconds } = input;
  const message = report?.message ?? "";
  if (connection === "connecting")
    return { kind: "connecting", title: "Connecting to the monitor", detail: "" };
  if (connection === "gone") {
    const last =
      imageAgeSeconds === null ? "No frame has arrived." : `Last frame ${Math.floor(imageAgeSeconds)} s ago.`;
    return {
      kind: "gone",
      title: "The monitor is gone",
      detail: `${last} This page connects again by itself.`,
    };
  }
  if (connection === "refused") {
    return {
      kind: "refused",
      title: "The monitor requires another token:",
      detail: "open the address that its log shows.",
    };
  }
  if (imageAgeSeconds === null) return { kind: "noFrame", title: "No frame yet", detail: message };
  if (isLive && !isBehind && quietSeconds > QUIET_SECONDS) {
    return { kind: "quiet", title: `No new frame for ${Math.floor(quietSeconds)} s`, detail: message };
  }
  return { kind: "well", title: "", detail: "" };
}

/** The stream's state in words. */
export const STATE_WORDS: Readonly<Record<Report["state"], string>> = {
  waiting: "Waiting",
  streaming: "Streaming",
  stalled: "Stalled",
  one_module_only: "One module only",
};
