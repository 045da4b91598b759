import { ConfigurationError } from "../errors.js";
import { PLAYBACK_DEFAULTS, type Playback } from "../recordings/index.js";
import { recordsOnly } from "../stream/index.js";

/** How to play recordings, from the options of a command. */
export interface PlaybackOptions {
  readonly rate?: number | "max" | undefined;
  readonly first?: number | undefined;
  readonly last?: number | undefined;
  readonly every?: number | undefined;
  readonly loop?: true | undefined;
}

/**
 * The playback of a command: its own default with the options applied.
 *
 * @throws {ConfigurationError} CONFIGURATION_BAD_VALUE if there are any and the source is a stream
 */
export function playbackOf(
  source: string,
  { rate, first, last, every, loop }: PlaybackOptions,
  defaultRate: Playback["rate"],
): Playback {
  refuseForStreams(source, { rate, first, last, every, loop });
  return {
    rate: rate ?? defaultRate,
    first: first === undefined ? PLAYBACK_DEFAULTS.first : BigInt(first),
    last: last === undefined ? PLAYBACK_DEFAULTS.last : BigInt(last),
    every: every ?? PLAYBACK_DEFAULTS.every,
    loop: loop ?? PLAYBACK_DEFAULTS.loop,
  };
}

/**
 * Values of the key `playback` that the options replace; undefined if there are none.
 *
 * @throws {ConfigurationError} as {@link playbackOf}
 */
export function playbackValues(
  source: string | undefined,
  options: PlaybackOptions,
): Readonly<Record<string, unknown>> | undefined {
  if (source !== undefined) refuseForStreams(source, options);
  const { rate, ...others } = options;
  const rates =
    rate === undefined ? {} : rate === "max" ? { unpaced: true } : { rate_hz: rate, unpaced: false };
  const given = Object.entries({ ...rates, ...others }).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

function refuseForStreams(source: string, options: PlaybackOptions): void {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  if (given.length === 0 || recordsOnly(source)) return;
  const names = given.map(([name]) => `--${name}`).join(", ");
  throw new ConfigurationError(
    "CONFIGURATION_BAD_VALUE",
    `${names}: only recordings are played, and '${source}' is a stream. Leave ${given.length > 1 ? "these options" : "this option"} out.`,
  );
}
