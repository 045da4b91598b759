import type { Clock, Logger } from "../api/index.js";
import type { DetectorLayout } from "../detector.js";
import { messageOf, StreamError } from "../errors.js";
import { type JungfrauEvent, release } from "../events/index.js";
import type { CurveServerKeys } from "../security/index.js";
import { freeMemory, type ModuleFrame, partsHeader, writeOmPair } from "../stream/index.js";

/** Format of events: `parts`, a header and the unchanged payloads; or `om`, the pickle of OM's own receiver. */
export type OutputFormat = "parts" | "om";

export interface OutputOptions {
  /** `tcp://HOST:PORT`; port 0 for any free one. */
  readonly url: string;
  readonly format: OutputFormat;
  /** Whether a chosen event waits for a monitor for as long as it takes. */
  readonly waits: boolean;
  readonly keys?: CurveServerKeys | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Where monitors pull events; each event goes to one of them. */
export interface Output {
  /** Address for monitors, with the actual port instead of 0. */
  readonly url: string;
  /** Whether an event waits for a monitor. */
  readonly waits: boolean;
  /** Monitors that are connected now. */
  readonly monitorCount: number;
  /** Number of connections that ended before they were identified as monitors. */
  readonly refusedCount: number;
  /** Resolves when a monitor can take an event at once, or the signal aborts. */
  room(signal: AbortSignal): Promise<void>;
  /**
   * Send an event to one monitor.
   *
   * @param message  owned by the output from now on, which frees it after its last use @returns false if no monitor
   *   can take it any more, or the output was closed
   */
  send(message: OutputMessage): Promise<boolean>;
  /** May be repeated. */
  close(): void;
}

/** How long sent events may take to arrive after the end. */
export const LINGER_MS = 500;

/** An event to send. */
export interface OutputMessage {
  readonly parts: readonly Uint8Array[];
  /** Free its memory; to be called after its last use. */
  readonly release: () => void;
}

/** @param missed  module frames that the receiver has missed so far */
export function outputMessage(
  layout: DetectorLayout,
  format: OutputFormat,
  event: JungfrauEvent,
  missed: number,
): OutputMessage {
  if (format === "parts") {
    const header = Buffer.from(partsHeader({ ...event, missed }));
    return { parts: [header, ...event.frames.map(({ raw }) => raw)], release: () => release(event.frames) };
  }
  const pickle = pickleOf(event, layout);
  release(event.frames);
  return { parts: [pickle], release: () => freeMemory(pickle) };
}

function pickleOf(
  { frames, timestampSeconds, frameNumber }: JungfrauEvent,
  layout: DetectorLayout,
): Uint8Array {
  const modules = wholeModules(frames, layout).map((raw) => ({
    raw,
    timestampSeconds,
    acquisitionIndex: frameNumber,
    frameNumber,
  }));
  return writeOmPair(modules, layout);
}

/** The payload of each module: as received, or combined from the ports of its two interfaces. */
function wholeModules(frames: readonly ModuleFrame[], { modules, places }: DetectorLayout): Uint8Array[] {
  const portsPerModule = frames.length / modules;
  return places.map(({ moduleIndex }) => {
    const ports = frames.slice(moduleIndex * portsPerModule, (moduleIndex + 1) * portsPerModule);
    const [only] = ports;
    return ports.length === 1 && only ? only.raw : Buffer.concat(ports.map(({ raw }) => raw));
  });
}

export function cannotListen(url: string, cause: unknown): StreamError {
  return new StreamError(
    "STREAM_CANNOT_LISTEN",
    `Cannot listen on ${url}: ${messageOf(cause)}. Write tcp://HOST:PORT with an address of this machine and a free port, ` +
      "or 0 for any.",
    { cause },
  );
}
