import type { Command } from "commander";
import { positiveInteger, positiveNumber, runName } from "../option-values.js";
import { addressList, type EndWith, EXIT_CODES_HELP, running, verboseOption } from "./shared.js";

export function addRecord(program: Command, end: EndWith): void {
  program
    .command("record")
    .description("Write the streams to disk, as slsReceiver's .raw files with a JSON master.")
    .argument(
      "<source...>",
      "tcp://HOST:PORT of every receiver stream, or pairs+tcp://HOST:PORT of a receiver",
    )
    .requiredOption("--out <folder>", "where to write; created if missing")
    .option(
      "--name <name>",
      "first part of the file names: NAME_master_0.json, NAME_d0_f0_0.raw",
      runName,
      "run",
    )
    .option("-n, --frames <number>", "end after this many frames per port", positiveInteger)
    .option("--seconds <number>", "end this long after the first frame", positiveNumber)
    .option("--max-gib <number>", "end before the files exceed this size in total", positiveNumber)
    .option("--json", "print one line at the end, a summary; nothing else on standard output")
    .option(
      "--curve-server-key <file>",
      "public key of the streams' sender: encrypt, and accept data from it alone",
    )
    .option("--curve-key <file>", "this program's own key pair (.key_secret)")
    .addOption(verboseOption())
    .addHelpText("after", EXIT_CODES_HELP)
    .action(async (sources: string[], options) => {
      const { logger, signal } = running(options);
      const { runRecord } = await import("../record.js");
      end(
        await runRecord({
          source: addressList(sources).join(","),
          out: options.out,
          name: options.name,
          frames: options.frames,
          seconds: options.seconds,
          maxGib: options.maxGib,
          json: options.json === true,
          curveServerKey: options.curveServerKey,
          curveKey: options.curveKey,
          logger,
          signal,
        }),
      );
    });
}
