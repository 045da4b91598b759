import type { Report } from "../../viewer/protocol.js";
import { formatRate } from "./rate-text.js";

/** A page that shows fewer images per second than this is slow, if the monitor has more. */
const SLOW_PER_SECOND = 1;
/** Minimum time for which a page must have requested images before it is called slow. */
const LEAST_SECONDS = 3;

/** Frames delivered this long after the shown image arrived should be on the screen. */
const LATE_SECONDS = 2;

/** A page's own rate, and what it depends on. */
export interface PageRate {
  readonly report: Pick<Report, "sequence" | "sample"> | null;
  /** Sequence number of the shown image; null before the first image. */
  readonly shownSequence: number | null;
  /** Arrival of that image, and when reports last showed new delivered frames. */
  readonly shownSinceSeconds: number | null;
  readonly deliveredSeconds: number | null;
  readonly displayedPerSecond: number;
  /** How long the page has been requesting images; 0 if it requests none. */
  readonly liveSeconds: number;
}

/** Whether the monitor has an unshown frame, or has delivered frames that the view did not take. */
export function isBehind(
  page: Pick<PageRate, "report" | "shownSequence" | "shownSinceSeconds" | "deliveredSeconds">,
): boolean {
  const { report, shownSequence, shownSinceSeconds, deliveredSeconds } = page;
  if (report === null || shownSequence === null || shownSinceSeconds === null) return false;
  return report.sequence !== shownSequence || (deliveredSeconds ?? 0) - shownSinceSeconds > LATE_SECONDS;
}

/** A text if this page is slow; null if it is not. */
export function slowPageText(page: PageRate): string | null {
  const { report, displayedPerSecond, liveSeconds } = page;
  if (report === null || !isBehind(page) || liveSeconds < LEAST_SECONDS) return null;
  const { eventsPerSecond } = report.sample;
  if (displayedPerSecond >= SLOW_PER_SECOND || eventsPerSecond < 2 * SLOW_PER_SECOND) return null;
  const shown = displayedPerSecond.toFixed(1);
  return `This page is slow: ${shown} images/s, monitor ${formatRate(eventsPerSecond)} /s`;
}
