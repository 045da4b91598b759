import { type Command, Option } from "commander";
import { EXIT } from "../exit-codes.js";
import { interruptionAfterStart, interruptSignal } from "../interrupt.js";
import { append, playbackRate, positiveInteger, wholeNumber } from "../option-values.js";
import type { PlaybackOptions } from "../playback.js";
import { stderrLogger } from "../terminal/stderr-logger.js";

/** Called with the exit code of a command, if it has one. */
export type EndWith = (exitCode: number) => void;

export const EXIT_CODES_HELP = `
Exit codes: ${EXIT.ok} done, also after Ctrl-C; ${EXIT.failed} failed while running; ${EXIT.usage} wrong usage, configuration or
constants files; ${EXIT.interrupted} second Ctrl-C.`;

/** Needs of a command that reads files before it runs for a while. */
export function starting({ verbose }: { verbose?: boolean }) {
  const logger = stderrLogger({ verbose: verbose === true });
  return { logger, ...interruptionAfterStart(logger) };
}

export const PLAYBACK_OPTIONS = ["rate", "first", "last", "every", "loop"] as const;

/** Options of commands whose source may be recordings. */
export function addPlayback(command: Command): void {
  command
    .option(
      "--rate <Hz>",
      "play recordings at this rate, or max: as fast as possible (default: as recorded)",
      playbackRate,
    )
    .option("--first <number>", "play recordings from this frame number on", wholeNumber)
    .option("--last <number>", "play recordings up to this frame number", wholeNumber)
    .option("--every <number>", "play only every N-th exposure of recordings", positiveInteger)
    .option("--loop", "repeat recordings endlessly");
}

/** The options that were given. */
export function playbackOptions(options: PlaybackOptions): PlaybackOptions {
  const given = PLAYBACK_OPTIONS.map((name) => [name, options[name]]).filter(
    ([, value]) => value !== undefined,
  );
  return Object.fromEntries(given);
}

/** Needs of a command that runs for a while. */
export function running({ verbose }: { verbose?: boolean }) {
  const logger = stderrLogger({ verbose: verbose === true });
  return { logger, signal: interruptSignal(logger) };
}

/** Addresses as they may be written: separated by commas, spaces, or both. */
export function addressList(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.replace(/,$/, "").split(","));
}

export function metricsOption(): Option {
  return new Option(
    "--metrics <HOST:PORT>",
    "serve Prometheus metrics and /healthz; PORT alone listens on loopback",
  );
}

/** Options of commands that send as a detector does. */
export function detectorOptions(): Option[] {
  return [
    new Option(
      "--stay",
      "keep the ports open after the last frame, as receivers do: monitors wait for the next acquisition",
    ),
    new Option("--curve-key <file>", "the detector's own key pair (.key_secret): encrypt the streams"),
    new Option(
      "--curve-clients <file>",
      "public key of a client to accept; can be repeated; without it, every client that knows the detector's key is accepted",
    ).argParser(append),
  ];
}

export function verboseOption(): Option {
  return new Option("-v, --verbose", "log more");
}
