import type { Report } from "../../viewer/protocol.js";
import { formatRate } from "./rate-text.js";

/** A page that shows fewer images per second than this is slow, if the monitor has more. */
const SLOW_PER_SECOND = 1;
/** For how long a page must have asked for images before it is called slow. */
const LEAST_SECONDS = 3;

/** Frames that were delivered so long after the shown image came should be on the screen. */
const LATE_SECONDS = 2;

/** What a page knows of its own pace. */
export interface PageRate {
  readonly report: Pick<Report, "sequence" | "sample"> | null;
  /** Sequence number of the shown image; null before the first image. */
  readonly shownSequence: number | null;
  /** When it came, and when reports last showed that frames were delivered. */
  readonly shownSinceSeconds: number | null;
  readonly deliveredSeconds: number | null;
  readonly displayedPerSecond: number;
  /** For how long the page has asked for images; 0 while it asks for none. */
  readonly liveSeconds: number;
}

/** Whether the monitor has a frame that this page has not shown yet, or has delivered frames that the view did not take. */
export function isBehind(
  page: Pick<PageRate, "report" | "shownSequence" | "shownSinceSeconds" | "deliveredSeconds">,
): boolean {
  const { report, shownSequence, shownSinceSeconds, deliveredSeconds } = page;
  if (report === null || shownSequence === null || shownSinceSeconds === null) return false;
  return report.sequence !== shownSequence || (deliveredSeconds ?? 0) - shownSinceSeconds > LATE_SECONDS;
}

/** That this page is slow, in words; null if it is not. */
export function slowPageText(page: PageRate): string | null {
  const { report, displayedPerSecond, liveSeconds } = page;
  if (report === null || !isBehind(page) || liveSeconds < LEAST_SECONDS) return null;
  const { eventsPerSecond } = report.sample;
  if (displayedPerSecond >= SLOW_PER_SECOND || eventsPerSecond < 2 * SLOW_PER_SECOND) return null;
  const shown = displayedPerSecond.toFixed(1);
  return `This page is slow: ${shown} images/s, monitor ${formatRate(eventsPerSecond)} /s`;
}
