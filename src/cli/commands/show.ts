import type { Command } from "commander";
import { EXIT_CODES_HELP, starting, verboseOption } from "./shared.js";

export function addShow(program: Command): void {
  program
    .command("show")
    .description("Print one event of a recording.")
    .argument("<file>", "recording: a run's master, or one of its data files")
    .argument("<event_id>", "frame number of the event")
    .option("-c, --configuration <file>", "monitor configuration; without it, raw words are shown")
    .option("--npy <folder>", "write the frame as <event_id>.npy")
    .option("--json", "print one JSON object")
    .addOption(verboseOption())
    .addHelpText("after", EXIT_CODES_HELP)
    .action(async (source: string, eventId: string, options) => {
      const { logger, signal } = starting(options);
      const { runShow } = await import("../show.js");
      await runShow({
        source,
        eventId,
        configuration: options.configuration,
        npy: options.npy,
        json: options.json === true,
        logger,
        signal,
      });
    });
}
