import { type Command, Option, type OptionValues } from "commander";
import { append, monitorCount } from "../option-values.js";
import {
  addPlayback,
  addressList,
  EXIT_CODES_HELP,
  metricsOption,
  PLAYBACK_OPTIONS,
  playbackOptions,
  running,
  starting,
  verboseOption,
} from "./shared.js";

export function addReceive(program: Command): void {
  const command = program
    .command("receive")
    .description("Pair a detector's streams and feed any number of monitors: each event goes to one of them.")
    .argument(
      "<addresses...>",
      "tcp://HOST:PORT of every receiver stream, one or two per module, or recorded files; then the address that monitors pull from, by default tcp://127.0.0.1:12321",
    )
    .addOption(
      new Option(
        "--format <format>",
        "parts: for `om-jungfrau monitor`, without a copy; om: pickles, for OM in Python",
      )
        .choices(["parts", "om"])
        .default("parts"),
    )
    .addOption(
      new Option(
        "--delivery <policy>",
        "latest: the newest event, if monitors are slower than the detector; all: every event",
      )
        .choices(["latest", "all"])
        .default("latest"),
    )
    .option(
      "--share <monitors>",
      "do not pair, but distribute the frames of one port among this many monitors, by frame number; see docs/many-machines.md",
      monitorCount,
    )
    .option("--json", "print one line at the end, a summary; nothing else on standard output")
    .addOption(metricsOption())
    .option(
      "--input-server-key <file>",
      "public key of the streams' sender: encrypt, and accept data from it alone",
    )
    .option("--input-key <file>", "this receiver's own key pair, as the sender's client")
    .option("--curve-key <file>", "this receiver's own key pair, as the monitors' server: encrypt")
    .option(
      "--curve-clients <file>",
      "public key of a monitor to accept; can be repeated; without it, every monitor that knows the receiver's key is accepted",
      append,
    )
    .addOption(verboseOption())
    .addHelpText("after", EXIT_CODES_HELP)
    .action(async (addresses: string[], options, command: Command) => {
      if (options.share !== undefined) return receiveShare(addresses, options, command);
      const { logger, signal, started } = starting(options);
      const { runReceiver } = await import("../receive.js");
      await runReceiver({
        addresses: addressList(addresses),
        playback: playbackOptions(options),
        format: options.format,
        delivery: options.delivery,
        json: options.json === true,
        metrics: options.metrics,
        inputServerKeyFile: options.inputServerKey,
        inputKeyFile: options.inputKey,
        keyFile: options.curveKey,
        clientKeyFiles: options.curveClients,
        logger,
        signal,
        onStart: started,
      });
    });
  addPlayback(command);
}

/** Run `receive` with `--share`. */
async function receiveShare(
  addresses: readonly string[],
  options: OptionValues,
  command: Command,
): Promise<void> {
  const other = ["format", "delivery", "curveKey", "curveClients", ...PLAYBACK_OPTIONS].find(
    (name) => command.getOptionValueSource(name) === "cli",
  );
  if (other !== undefined) {
    const option = other.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    command.error(`error: option '--${option}' has no effect with --share: leave it out`);
  }
  const { logger, signal } = running(options);
  const { runShare } = await import("../share.js");
  await runShare({
    addresses: addressList(addresses),
    monitors: options.share,
    json: options.json === true,
    metrics: options.metrics,
    inputServerKeyFile: options.inputServerKey,
    inputKeyFile: options.inputKey,
    logger,
    signal,
  });
}
