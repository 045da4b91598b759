import { type Command, Option } from "commander";
import { faultsHelp } from "../fault-help.js";
import {
  appendFault,
  appendParameter,
  pedestalMode,
  photonEnergyKeV,
  ports,
  positiveInteger,
  positiveNumber,
  wholeNumber,
} from "../option-values.js";
import { detectorOptions, EXIT_CODES_HELP, running, verboseOption } from "./shared.js";

export function addSimulate(program: Command): void {
  const command = program
    .command("simulate")
    .description("Run a simulated detector: two streams, with matching constants files and configuration.")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .addOption(
      new Option("--ports <two>", "ports of the two modules; 0 for any free one")
        .argParser(ports)
        .default([30001, 30002], "30001,30002"),
    )
    .option("-r, --rate <Hz>", "frames per second", positiveNumber, 10)
    .option("-n, --frames <number>", "end after this many frames", positiveInteger)
    .option("--seed <number>", "seed of the scene and the faults; another seed gives others", wholeNumber, 1)
    .option("--photon-energy <keV>", "energy of the photons", photonEnergyKeV, 12.4)
    .option(
      "--jsonpara <key=value>",
      "add a value to the frames' headers, as rx_jsonpara does; can be repeated",
      appendParameter,
    )
    .option(
      "--out <folder>",
      "where to write constants files, spots.json and monitor.yaml",
      "simulated-detector",
    )
    .addOption(
      new Option(
        "--dark",
        "send dark frames, --frames of each of G0, G1 and G2 (default: 1150), and write the bad pixels to dark-faults.json",
      ).conflicts("pedestalmode"),
    )
    .addOption(
      new Option(
        "--pedestalmode <FRAMES,LOOPS>",
        "send dark frames, and switch gain as the detector's pedestalmode does",
      )
        .argParser(pedestalMode)
        .conflicts("frames"),
    )
    .option(
      "--fault <NAME[=VALUE]>",
      "simulate a fault by name, such as loss=0.01; can be repeated. The end of this help lists all faults",
      appendFault,
    )
    .option(
      "--stamp",
      "mark each module's frame: the exposure's number in the header entry 'exposure', and modulo 64 in the first and last pixels",
    )
    .option("--wait", "send nothing until a monitor has subscribed to both streams");
  for (const option of detectorOptions()) command.addOption(option);
  command
    .option("--json", "print source and configuration as JSON, and at the end a summary of what was sent")
    .addOption(verboseOption())
    .addHelpText("after", faultsHelp)
    .addHelpText("after", EXIT_CODES_HELP)
    .action(async (options) => {
      const { logger, signal } = running(options);
      const { runSimulator } = await import("../simulate.js");
      await runSimulator({
        host: options.host,
        ports: options.ports,
        rateHz: options.rate,
        frames: options.frames ?? Number.POSITIVE_INFINITY,
        dark: options.pedestalmode ?? (options.dark ? "stages" : undefined),
        seed: options.seed,
        photonEnergyKeV: options.photonEnergy,
        jsonParameters: options.jsonpara,
        faults: options.fault ?? [],
        isStamped: options.stamp === true,
        out: options.out,
        wait: options.wait === true,
        stay: options.stay === true,
        curveKey: options.curveKey,
        curveClients: options.curveClients,
        json: options.json === true,
        logger,
        signal,
      });
    });
}
