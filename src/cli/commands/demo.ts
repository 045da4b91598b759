import type { Command } from "commander";
import { positiveInteger, positiveNumber } from "../option-values.js";
import { type EndWith, EXIT_CODES_HELP, running, verboseOption } from "./shared.js";

export function addDemo(program: Command, end: EndWith): void {
  program
    .command("demo")
    .description("Run a simulated detector with a monitor, and check the photons.")
    .option("-r, --rate <Hz>", "frames per second", positiveNumber, 10)
    .option(
      "-n, --frames <number>",
      "end after this many events (default: at Ctrl-C; without a terminal, after 100 if no page is open)",
      positiveInteger,
    )
    .option("--view [HOST:PORT]", "serve the live view there, by default on 127.0.0.1:8123")
    .option("--no-view", "no live view")
    .addOption(verboseOption())
    .addHelpText("after", EXIT_CODES_HELP)
    .action(async (options) => {
      const { logger, signal } = running(options);
      const { runDemo } = await import("../demo.js");
      end(
        await runDemo({
          rateHz: options.rate,
          frames: options.frames,
          view: options.view === false ? undefined : (options.view ?? true),
          logger,
          signal,
        }),
      );
    });
}
