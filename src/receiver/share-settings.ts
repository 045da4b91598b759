import type { DetectorLayout } from "../detector.js";
import { FaultCollector, StreamError } from "../errors.js";
import { clientKeys } from "../security/index.js";
import { parseSource, parseTcpAddress } from "../stream/index.js";
import type { FrameShareOptions } from "./frame-share.js";

/** Port of the first monitor. */
const DEFAULT_OUTPUT = "tcp://127.0.0.1:12400";
const MAX_PORT = 65535;

/** Options of a share. */
export interface ShareOptions {
  /** URL of one port of the detector, and optionally the address for the first monitor. */
  readonly addresses: readonly string[];
  /** Number of monitors. */
  readonly monitors: number;
  /** Public key of the stream's sender, and this process' own key pair as its client. */
  readonly inputServerKeyFile?: string | undefined;
  readonly inputKeyFile?: string | undefined;
}

/**
 * @param warn  called if other users can read a secret
 * @throws every fault of addresses and key files together
 */
export async function shareSettings(
  layout: DetectorLayout,
  { addresses, monitors, inputServerKeyFile, inputKeyFile }: ShareOptions,
  warn: (message: string) => void,
): Promise<Omit<FrameShareOptions, "logger" | "clock">> {
  const [input = "", output = DEFAULT_OUTPUT, ...others] = addresses;
  const faults = new FaultCollector();
  faults.attempt(() => {
    if (others.length > 0 || !isPort(input, layout))
      throw new StreamError(
        "STREAM_BAD_SOURCE",
        `--share takes one port of the detector, not '${addresses.join(",")}'. Write tcp://HOST:PORT of the port, and then the ` +
          "address of the first monitor; run one such process per port.",
      );
  });
  faults.attempt(() => {
    const { port } = parseTcpAddress(output) ?? {};
    if (port === undefined || (port > 0 && port + monitors - 1 > MAX_PORT))
      throw new StreamError(
        "STREAM_CANNOT_LISTEN",
        `Cannot listen on ${output} and the next ${monitors - 1} ports. Write tcp://HOST:PORT with an address of this machine, ` +
          `where PORT + ${monitors - 1} is ${MAX_PORT} at most.`,
      );
  });
  const inputKeys = await faults.attemptAsync(() => clientKeys(inputServerKeyFile, inputKeyFile, warn));
  faults.throwIfAny();
  return { layout, input, output, monitors, inputKeys };
}

/** Whether it is the address of one port. The check adds a second one, because a source needs two. */
function isPort(url: string, layout: DetectorLayout): boolean {
  try {
    const { kind } = parseSource(url, layout);
    return !url.includes("+") && kind !== "recording";
  } catch {
    return false;
  }
}
