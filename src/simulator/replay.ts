import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../api/index.js";
import { RecordingError } from "../errors.js";
import type { Recording } from "../recordings/index.js";
import { frameFields, type ModuleFrame, type PairedExposure } from "../stream/index.js";
import type { DetectorPorts } from "./detector-ports.js";
import { type Release, releaseHeader } from "./release-header.js";

/** Node.js's longest timer, so that a damaged clock cannot stop it from working. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;
/** Rate of a recording without the times of its frames. */
const DEFAULT_RATE_HZ = 10;
/** Times no further apart than this only preserve the order of frames. */
const SHORTEST_PERIOD_SECONDS = 0.0015;

export interface ReplayOptions {
  /** Played one after the other, each as an acquisition. */
  readonly recordings: readonly Recording[];
  readonly release: Release;
  /** Exposures per second; undefined for the times of the recording. */
  readonly rateHz?: number | undefined;
  /** Restart after the last recording, endlessly. */
  readonly loop: boolean;
  readonly clock: Clock;
  /** Ends the replay early. */
  readonly signal?: AbortSignal;
  /** Called after each exposure was handed to ZeroMQ. */
  readonly onExposure?: () => void;
}

/**
 * Send recordings from the ports of a detector: frames with their numbers and ticks, including incomplete
 * ones. Frames that a port did not record are not sent. End messages follow each recording. In a loop, the
 * numbers continue, like a detector's, and the ticks restart.
 *
 * @throws {RecordingError} if a recording can no longer be read
 */
export async function replay(ports: DetectorPorts, options: ReplayOptions): Promise<void> {
  const { recordings, loop, signal, release } = options;
  const [lowest, highest] = numberLimits(recordings);
  for (let round = 0n; round === 0n || (loop && !signal?.aborted); round++) {
    for (const recording of recordings) {
      await replayOne(ports, recording, round * (highest - lowest + 1n), options);
      await ports.end(release);
    }
  }
}

/** @param numberOffset  added to the frame numbers */
async function replayOne(
  ports: DetectorPorts,
  recording: Recording,
  numberOffset: bigint,
  options: ReplayOptions,
): Promise<void> {
  const { release, clock, signal, onExposure } = options;
  const startedSeconds = clock.nowSeconds();
  const dueSeconds = scheduleOf(options);
  const firstNumbers = new Map<number, bigint>();
  // A file that is still being written grows.
  for (let index = 0; index < recording.length && !signal?.aborted; index++) {
    const exposure = await recording.read(index);
    const waitMs = 1000 * (startedSeconds + dueSeconds(exposure, index) - clock.nowSeconds());
    if (waitMs > 0)
      await delay(Math.min(waitMs, LONGEST_WAIT_MS), undefined, signal && { signal }).catch(() => undefined);
    if (signal?.aborted) return;
    const frames = exposure.frames.filter(({ missing }) => missing !== true);
    await Promise.all(
      frames.map((frame) => {
        const first = firstNumbers.get(frame.portIndex) ?? frame.frameNumber;
        firstNumbers.set(frame.portIndex, first);
        const header = releaseHeader(release, {
          ...headerFields(frame, exposure.frames.length),
          frameNumber: frame.frameNumber + numberOffset,
          frameIndex: frame.frameNumber - first,
        });
        return ports.send(frame.portIndex, [header, frame.raw]);
      }),
    );
    onExposure?.();
  }
}

/**
 * The number of ports of recordings.
 *
 * @throws {RecordingError} RECORDING_FORMAT if the numbers differ, or there is no frame
 */
export function portCountOf(recordings: readonly Recording[]): number {
  const [first] = recordings;
  const other = recordings.find(({ portCount }) => portCount !== first?.portCount);
  if (first === undefined || other !== undefined) {
    throw new RecordingError(
      "RECORDING_FORMAT",
      `'${first?.path}' has ${first?.portCount} ports, '${other?.path}' has ${other?.portCount}: they cannot come from one ` +
        "detector. Replay them one by one.",
    );
  }
  const empty = recordings.find(({ length }) => length === 0);
  if (empty === undefined) return first.portCount;
  throw new RecordingError("RECORDING_FORMAT", `'${empty.path}' holds no whole frame. Leave it out.`);
}

/** The lowest and the highest frame number. */
function numberLimits(recordings: readonly Recording[]): [bigint, bigint] {
  const numbers = recordings.flatMap((one) => [one.numberOf(0), one.numberOf(one.length - 1)]);
  return [
    numbers.reduce((lowest, number) => (number < lowest ? number : lowest)),
    numbers.reduce((highest, number) => (number > highest ? number : highest)),
  ];
}

/** When an exposure is due, in seconds after the first. */
function scheduleOf({ rateHz }: ReplayOptions): (exposure: PairedExposure, index: number) => number {
  if (rateHz !== undefined) return (_, index) => index / rateHz;
  let firstSeconds: number | undefined;
  let isTimed: boolean | undefined;
  return ({ timestampSeconds, frames }, index) => {
    firstSeconds ??= timestampSeconds;
    const seconds = timestampSeconds - firstSeconds;
    if (index === 1)
      isTimed = seconds > SHORTEST_PERIOD_SECONDS || frames.some(({ timestampTicks }) => timestampTicks > 0n);
    return isTimed === false ? index / DEFAULT_RATE_HZ : seconds;
  };
}

function headerFields(frame: ModuleFrame, portCount: number) {
  const { position, ...fields } = frameFields(frame);
  const [rows, columns] = position?.detectorPorts ?? [portCount, 1];
  return {
    ...fields,
    timestampTicks: frame.timestampTicks,
    ports: [columns, rows] as const,
    row: position?.row ?? frame.portIndex,
    column: position?.column ?? 0,
    rows: frame.rows,
    complete: frame.complete,
  };
}
