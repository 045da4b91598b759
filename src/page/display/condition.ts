import type { Report } from "../../viewer/protocol.js";

export type Connection = "connecting" | "open" | "gone" | "refused";

/** Time without a new frame after which a page reports this. */
export const QUIET_SECONDS = 3;

/** The information from which a page determines its condition. */
export interface ConditionInput {
  readonly connection: Connection;
  readonly report: Pick<Report, "state" | "message"> | null;
  /** Since the arrival of the shown image; null before the first image. */
  readonly imageAgeSeconds: number | null;
  /** Whether images are requested, which is not so while paused. */
  readonly isLive: boolean;
  /** Whether the monitor has a newer frame than the shown one: the page is then slow, not the stream. */
  readonly isBehind: boolean;
  /** How long the page has been waiting for an image. */
  readonly quietSeconds: number;
}

/** The condition: `well` shows nothing, all others a message over the image. */
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
