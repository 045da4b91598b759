import { type Command, Option } from "commander";
import { portList, positiveNumber } from "../option-values.js";
import { detectorOptions, EXIT_CODES_HELP, starting, verboseOption } from "./shared.js";

export function addReplay(program: Command): void {
  const command = program
    .command("replay")
    .description("Play recordings as a detector: send their frames from ports of this machine.")
    .argument("<file...>", "recordings, one run after the other: masters, data files, or lists of masters")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option(
      "--ports <list>",
      "one port for each port of the detector; 0 for any free one (default: 30001 and the next ones)",
      portList,
    )
    .option("-r, --rate <Hz>", "exposures per second (default: as recorded)", positiveNumber)
    .addOption(
      new Option("--release <release>", "write headers as this release of the SLS detector package")
        .choices(["3.1", "4.0", "4.2", "5.1", "6.1", "7.0", "9.2", "10.1"])
        .default("9.2"),
    )
    .option("--loop", "begin again after the last recording; frame numbers continue")
    .option("--wait", "send nothing until a monitor has subscribed to every stream");
  for (const option of detectorOptions()) command.addOption(option);
  command
    .option("--json", "print the source as JSON")
    .addOption(verboseOption())
    .addHelpText("after", EXIT_CODES_HELP)
    .action(async (files: string[], options) => {
      const { logger, signal, started } = starting(options);
      const { runReplay } = await import("../replay.js");
      await runReplay({
        files,
        host: options.host,
        ports: options.ports,
        rateHz: options.rate,
        release: options.release,
        loop: options.loop === true,
        wait: options.wait === true,
        stay: options.stay === true,
        curveKey: options.curveKey,
        curveClients: options.curveClients,
        json: options.json === true,
        logger,
        signal,
        onStart: started,
      });
    });
}
