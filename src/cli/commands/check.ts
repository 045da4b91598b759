import type { Command } from "commander";
import { EXIT } from "../exit-codes.js";
import { positiveNumber } from "../option-values.js";
import {
  addPlayback,
  addressList,
  type EndWith,
  playbackOptions,
  starting,
  verboseOption,
} from "./shared.js";

const CHECK_EXIT_CODES_HELP = `
Exit codes: ${EXIT.ok} a monitor would start; ${EXIT.failed} it would not, or there are warnings or problems with --strict;
${EXIT.usage} wrong usage; ${EXIT.interrupted} second Ctrl-C.`;

export function addCheck(program: Command, end: EndWith): void {
  const command = program
    .command("check")
    .description(
      "Report whether a monitor would start, with which constants, and what arrives on the streams.",
    )
    .argument("[source...]", "as for `monitor`; without it, only the files are checked")
    .option("-c, --configuration <file>", "monitor configuration", "monitor.yaml")
    .option("--seconds <number>", "how long to watch the streams", positiveNumber, 3)
    .option("--json", "print one JSON object; its keys are in docs/check.md")
    .option(
      "--strict",
      "exit with code 1 also if there are warnings or problems of the streams, such as a dead port",
    )
    .option(
      "--curve-server-key <file>",
      "public key of the streams' sender: encrypt, and accept data from it alone",
    )
    .option("--curve-key <file>", "this monitor's own key pair (.key_secret)")
    .addOption(verboseOption())
    .addHelpText("after", CHECK_EXIT_CODES_HELP)
    .action(async (sources: string[], options, command: Command) => {
      if (sources.length === 0 && command.getOptionValueSource("seconds") === "cli")
        command.error("error: option '--seconds' is for streams: add their source");
      const { logger, signal, started } = starting(options);
      const { runCheck } = await import("../check.js");
      end(
        await runCheck({
          source: sources.length === 0 ? undefined : addressList(sources).join(","),
          configuration: options.configuration,
          playback: playbackOptions(options),
          seconds: options.seconds,
          json: options.json === true,
          strict: options.strict === true,
          curveServerKey: options.curveServerKey,
          curveKey: options.curveKey,
          logger,
          signal,
          onStart: started,
        }),
      );
    });
  addPlayback(command);
}
