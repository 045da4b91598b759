import { type Argument, type Command, InvalidArgumentError, type Option } from "commander";
import { nearName } from "../configuration/near-name.js";
import { CONSTANTS_STAGES, type ConstantsStage } from "../constants/constants.js";
import { JUNGFRAU_1M } from "../detector.js";
import { isMonitorName, isNatsUrl } from "../nats/subjects.js";
import { CONFIGURATION_KEYS } from "../settings/keys.js";
import { faultKind, isFaultName, SIMULATED_FAULTS, type SimulatedFault } from "../simulator/faults/index.js";

const MAX_KEPT_FRAMES = 4096;
const MAX_MONITORS = CONFIGURATION_KEYS.frameNumberStep.schema.maximum;

/*
 * Values of options. Each reader takes the text after an option, and throws an InvalidArgumentError that says what to
 * write instead.
 */

/** Address of a NATS server. */
export function natsServer(url: string): string {
  if (!isNatsUrl(url)) throw new InvalidArgumentError("Write nats://HOST:4222.");
  return url;
}

/** Name of a monitor, as a part of NATS subjects. */
export function monitorName(name: string): string {
  if (!isMonitorName(name)) throw new InvalidArgumentError("Write letters, digits, - and _, at most 64.");
  return name;
}

/** Number of monitors that share a detector. */
export function monitorCount(text: string): number {
  const count = positiveInteger(text);
  if (count > MAX_MONITORS) throw new InvalidArgumentError(`Write a number from 1 to ${MAX_MONITORS}.`);
  return count;
}

/** An option that may be given several times. */
export function append(value: string, values: readonly string[] = []): string[] {
  return [...values, value];
}

/** Origins of web pages: the address without its path, as a browser sends it. */
export function appendOrigin(address: string, origins: readonly string[] = []): string[] {
  const { protocol, origin } = URL.canParse(address) ? new URL(address) : { protocol: "", origin: "" };
  if (!/^https?:$/.test(protocol) || origin.includes("*"))
    throw new InvalidArgumentError("Write the page's address, such as https://monitor.example.org.");
  return [...origins, origin];
}

/** Parameters by their keys. The detector escapes neither, so text that would need escaping is refused. */
export function appendParameter(
  text: string,
  parameters: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const [, key, value] = /^([^="\\\p{Cc}]+)=([^"\\\p{Cc}]*)$/u.exec(text) ?? [];
  if (key === undefined || value === undefined)
    throw new InvalidArgumentError(
      "Write a key and a value, such as laser=on, without quotes or backslashes.",
    );
  return { ...parameters, [key]: value };
}

/** A fault of the simulated detector: its name, or its name and a value. */
export function appendFault(text: string, faults: readonly SimulatedFault[] = []): SimulatedFault[] {
  const [, name = "", given] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  if (!isFaultName(name)) {
    const known = Object.keys(SIMULATED_FAULTS);
    const near = nearName(name, known);
    const guess = near === undefined ? "" : `Did you mean ${near}? `;
    throw new InvalidArgumentError(`${guess}Known names: ${known.join(", ")}.`);
  }
  const { value: kind, usual = 0 } = faultKind(name);
  const value = given === undefined ? usual : kind?.read(given);
  if (value === undefined)
    throw new InvalidArgumentError(
      kind === undefined ? `Write ${name} without a value.` : `Write ${kind.what} after ${name}=.`,
    );
  return [...faults, { name, value }];
}

/** The name of a file to create, optionally with a folder. */
export function fileName(text: string): string {
  if (!/[^/\\.\s]/.test(text.split(/[/\\]/).at(-1) ?? ""))
    throw new InvalidArgumentError("Write a name such as detector, or FOLDER/detector.");
  return text;
}

/** First part of a recording's file names. */
export function runName(text: string): string {
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,99}$/u.test(text))
    throw new InvalidArgumentError(
      "Write a name such as run, of letters, digits, - _ and dots. Name the folder with --out.",
    );
  return text;
}

/** Gain stages, separated by commas. */
export function gainStages(text: string): ConstantsStage[] {
  const stages = text.toLowerCase().split(",");
  if (stages.every(isStage)) return CONSTANTS_STAGES.filter((stage) => stages.includes(stage));
  throw new InvalidArgumentError(`Write one or more of ${CONSTANTS_STAGES.join(",")}, separated by commas.`);
}

function isStage(text: string): text is ConstantsStage {
  return (CONSTANTS_STAGES as readonly string[]).includes(text);
}

/** Number of frames that a monitor may keep: at most 8 GiB, to catch a mistyped number. */
export function keptFrames(text: string): number {
  const value = positiveInteger(text);
  if (value > MAX_KEPT_FRAMES)
    throw new InvalidArgumentError(`Write a number up to ${MAX_KEPT_FRAMES}: each takes 2 MiB of memory.`);
  return value;
}

/** A run of the detector's `pedestalmode`: frames per group, and groups per stage. */
export function pedestalMode(text: string): { pedestalFrames: number; pedestalLoops: number } {
  const [, frames, loops] = /^(\d{1,6}),(\d{1,6})$/.exec(text) ?? [];
  if (Number(frames) >= 2 && Number(loops) >= 1)
    return { pedestalFrames: Number(frames), pedestalLoops: Number(loops) };
  throw new InvalidArgumentError("Write FRAMES,LOOPS such as 20,200: at least two frames and one loop.");
}

/** A number from 0 to 1. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError("Write a number from 0 to 1, such as 0.01.");
  return value;
}

/** A whole number, 1 or more. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError("Write a whole number, 1 or more.");
  return value;
}

/** A whole number, 0 or more. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text === "" || !Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError("Write a whole number, 0 or more.");
  return value;
}

/** A number, 0.001 or more. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0.001)
    throw new InvalidArgumentError("Write a number, 0.001 or more.");
  return value;
}

/** Exposures per second; `max` for as many as possible. */
export function playbackRate(text: string): number | "max" {
  if (text === "max") return text;
  const value = Number(text);
  if (!(value >= 0.001 && value <= 100_000)) {
    throw new InvalidArgumentError("Write exposures per second, 0.001 to 100000, or max.");
  }
  return value;
}

/** The limits of a monitor, which reads the energy from the configuration that the simulator writes. */
export function photonEnergyKeV(text: string): number {
  const { maximum } = CONFIGURATION_KEYS.photonEnergyKeV.schema;
  const value = positiveNumber(text);
  if (value > maximum) throw new InvalidArgumentError(`Write the photon energy in keV, 0.001 to ${maximum}.`);
  return value;
}

/** TCP ports, separated by commas; 0 means any free one. */
export function portList(text: string): number[] {
  const values = text.split(",").map((port) => wholeNumber(port.trim()));
  if (values.every((port) => port <= 65535)) return values;
  throw new InvalidArgumentError("Write ports from 0 to 65535, separated by commas: 30001,30002.");
}

/** A TCP port per module. @see {@link portList} */
export function ports(text: string): number[] {
  const values = portList(text);
  if (values.length !== JUNGFRAU_1M.modules) {
    throw new InvalidArgumentError(`Write ${JUNGFRAU_1M.modules} ports from 0 to 65535: 30001,30002.`);
  }
  return values;
}

/**
 * A source that follows an option is read as the option's value; make the error of every such option explain this.
 */
export function refuseSourcesAsValues(program: Command): void {
  const withSource = program.commands.filter((command) => command.registeredArguments.some(isVariadic));
  for (const option of withSource.flatMap(({ options }) => options)) {
    const { parseArg: parse } = option;
    if (option.isBoolean() || option.flags.includes("tcp://")) continue;
    option.argParser((text: string, previous: unknown) => {
      if (/^(?:pairs\+)?tcp:/i.test(text)) throw new InvalidArgumentError(sourceAsValueMend(option, text));
      return parse === undefined ? text : parse(text, previous);
    });
  }
}

function isVariadic({ variadic }: Argument): boolean {
  return variadic;
}

/** Advice on the order of option and source. */
function sourceAsValueMend({ long, flags, optional }: Option, source: string): string {
  const [, value = "VALUE"] = /[<[](.+)[>\]]/.exec(flags) ?? [];
  const withValue = `the option its own value: ${long} ${value} ${source}`;
  return optional
    ? `This is a source. Write it before the option: ${source} ${long}. Or give ${withValue}`
    : `This is a source. Give ${withValue}`;
}
