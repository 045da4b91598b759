import type { DetectorLayout } from "../detector.js";
import { FaultCollector, StreamError } from "../errors.js";
import { type DeliveryPolicy, INTAKE_DEFAULTS, type IntakeSettings } from "../events/index.js";
import { PLAYBACK_DEFAULTS, type Playback } from "../recordings/index.js";
import { clientKeys, serverKeys } from "../security/index.js";
import { parseSource, recordsOnly, type Source } from "../stream/index.js";
import type { OutputFormat, OutputOptions } from "./output.js";

/** The address at which OM's own receiver sends, and to which OM's monitors connect. */
const DEFAULT_OUTPUT = "tcp://127.0.0.1:12321";

/** A receiver's options. */
export interface ReceiverOptions {
  /** URLs of all the detector's streams, or paths of recordings, and optionally the URL to send to. */
  readonly addresses: readonly string[];
  readonly playback?: Playback | undefined;
  readonly delivery: DeliveryPolicy;
  readonly format: OutputFormat;
  /** Public key of the streams' sender, and this receiver's own key pair as its client. */
  readonly inputServerKeyFile?: string | undefined;
  readonly inputKeyFile?: string | undefined;
  /** This receiver's own key pair as the monitors' server, and the public keys of accepted monitors. */
  readonly keyFile?: string | undefined;
  readonly clientKeyFiles?: readonly string[] | undefined;
}

export interface ReceiverSettings {
  /** How recordings are played, if they replace the streams. */
  readonly playback: Playback;
  readonly intake: IntakeSettings;
  readonly output: Pick<OutputOptions, "url" | "format" | "waits" | "keys">;
}

/**
 * @param warn  called if other users can read a secret
 * @throws every fault of addresses and key files together
 */
export async function receiverSettings(
  layout: DetectorLayout,
  options: ReceiverOptions,
  warn: (message: string) => void = () => undefined,
): Promise<ReceiverSettings> {
  const { addresses, delivery, format } = options;
  const isRecording = recordsOnly(addresses[0] ?? "");
  const hasOutput = isRecording
    ? !recordsOnly(addresses.at(-1) as string)
    : layout.portCounts.includes(addresses.length - 1);
  const url = hasOutput ? (addresses.at(-1) as string) : DEFAULT_OUTPUT;
  const inputs = hasOutput ? addresses.slice(0, -1) : addresses;

  const faults = new FaultCollector();
  const streams = faults.attempt(() =>
    isRecording ? parseSource(inputs.join(","), layout) : portsOf(inputs, layout),
  );
  const inputKeys = await faults.attemptAsync(() =>
    clientKeys(options.inputServerKeyFile, options.inputKeyFile, warn),
  );
  const outputKeys = faults.attempt(() => serverKeys(options.keyFile, options.clientKeyFiles, warn));
  faults.throwIfAny();
  return {
    intake: {
      ...INTAKE_DEFAULTS,
      ...(streams as NonNullable<typeof streams>),
      layout,
      delivery,
      incompleteFrames: "mark",
      keys: inputKeys,
    },
    // Recordings wait until a monitor takes their events.
    output: { url, format, waits: delivery === "all" || isRecording, keys: outputKeys },
    playback: options.playback ?? PLAYBACK_DEFAULTS,
  };
}

/** @throws {StreamError} STREAM_BAD_SOURCE */
function portsOf(inputs: readonly string[], layout: DetectorLayout): Source {
  const { name, portCounts } = layout;
  let what = `not ${inputs.length}`;
  if (portCounts.includes(inputs.length)) {
    const source = parseSource(inputs.join(","), layout);
    if (source.kind === "ports") return source;
    what = "not those that another receiver has paired";
  }
  throw new StreamError(
    "STREAM_BAD_SOURCE",
    `A receiver pairs the ${portCounts[0]} streams of a ${name}, or ${portCounts[1]} when its modules have two interfaces, ` +
      `${what}. Write tcp://HOST:PORT for each, and then, if you like, the address that monitors pull from.`,
  );
}
