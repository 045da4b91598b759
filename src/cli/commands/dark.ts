import { type Command, Option } from "commander";
import { append, gainStages, positiveInteger, share, wholeNumber } from "../option-values.js";
import {
  addPlayback,
  addressList,
  type EndWith,
  EXIT_CODES_HELP,
  playbackOptions,
  starting,
  verboseOption,
} from "./shared.js";

export function addDark(program: Command, end: EndWith): void {
  const command = program
    .command("dark")
    .description("Make pedestals from a detector's dark frames, one gain stage after the other.")
    .argument("<source...>", "as for `monitor`")
    .requiredOption("--out <folder>", "where to write the pedestals; created if missing")
    .option("-n, --frames <number>", "frames per gain stage", positiveInteger, 1000)
    .option(
      "--skip <number>",
      "frames to leave out at the start of each stage, or of a run of pedestalmode",
      wholeNumber,
      100,
    )
    .addOption(
      new Option("--stages <list>", "gain stages to measure, from g0, g1, g2 and hg0")
        .argParser(gainStages)
        .default(["g0", "g1", "g2"], "g0,g1,g2"),
    )
    .option(
      "--wrong-limit <share>",
      "a pixel is bad if a larger share of its frames is in another stage",
      share,
      0.01,
    )
    .addOption(
      new Option(
        "--format <format>",
        "psi: pedestal.h5, as SwissFEL writes it; om: dark_m0.h5 and dark_m1.h5, as OM's tool does",
      )
        .choices(["psi", "om"])
        .default("psi"),
    )
    .option("--force", "overwrite older files")
    .option(
      "--compare <file>",
      "older dark file to compare with; one for both modules, or one per module",
      append,
    )
    .option("--monitor-yaml", "also write a monitor.yaml that uses these pedestals")
    .option("--json", "print one JSON object instead of progress and table")
    .option(
      "--curve-server-key <file>",
      "public key of the streams' sender: encrypt, and accept data from it alone",
    )
    .option("--curve-key <file>", "this program's own key pair (.key_secret)")
    .addOption(verboseOption())
    .addHelpText("after", EXIT_CODES_HELP)
    .action(async (sources: string[], options) => {
      const { logger, signal, started } = starting(options);
      const { runDark } = await import("../dark.js");
      end(
        await runDark({
          source: addressList(sources).join(","),
          playback: playbackOptions(options),
          out: options.out,
          frames: options.frames,
          skip: options.skip,
          stages: options.stages,
          wrongLimit: options.wrongLimit,
          format: options.format,
          force: options.force === true,
          compare: options.compare ?? [],
          monitorYaml: options.monitorYaml === true,
          json: options.json === true,
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
