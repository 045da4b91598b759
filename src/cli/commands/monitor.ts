import type { Command } from "commander";
import {
  appendOrigin,
  keptFrames,
  monitorCount,
  monitorName,
  natsServer,
  positiveInteger,
} from "../option-values.js";
import {
  addPlayback,
  addressList,
  EXIT_CODES_HELP,
  metricsOption,
  playbackOptions,
  starting,
  verboseOption,
} from "./shared.js";

export function addMonitor(program: Command): void {
  const command = program
    .command("monitor")
    .description("Run a monitor on a detector's streams, or on recorded files.")
    .argument(
      "<source...>",
      "tcp://HOST:PORT of every receiver stream, separated by commas or spaces: one per module, or two if the modules use both UDP interfaces; or pairs+tcp://HOST:PORT of `om-jungfrau receive` or OM's receiver (pairs+ is optional); or recorded files, one run after the other",
    )
    .option("-c, --configuration <file>", "monitor configuration", "monitor.yaml")
    .option("-n, --frames <number>", "end after this many events", positiveInteger)
    .option(
      "--share <monitors>",
      "the source is a `receive --share` with this many monitors: frame numbers come in steps",
      monitorCount,
    )
    .option("--json", "print one JSON line per event, and a summary; nothing else on standard output")
    .option("--npy <folder>", "write each frame as <event_id>.npy; if that file exists, as <event_id>-2.npy")
    .addOption(metricsOption())
    .option(
      "--view [HOST:PORT]",
      "serve the live view, a web page, by default on 127.0.0.1:8123; with a token in its URL if other machines can reach it",
    )
    .option(
      "--view-token-file <file>",
      "file of the token, so that the page stays valid after a restart; created if missing",
    )
    .option(
      "--view-origin <URL>",
      "public address of the page behind a reverse proxy, which is then accepted; can be repeated",
      appendOrigin,
    )
    .option(
      "--streamvis <tcp://HOST:PORT>",
      "publish frames there for PSI's streamvis, at most ten per second",
    )
    .option(
      "--om-viewer <tcp://HOST:PORT>",
      "publish frames there for OM's frame viewer, at most ten per second",
    )
    .option(
      "--nats <nats://HOST:PORT>",
      "publish events and status there, for `om-jungfrau view` and other programs",
      natsServer,
    )
    .option(
      "--nats-name <name>",
      "name of this monitor in the subjects om.NAME.event … (default: host and process number)",
      monitorName,
    )
    .option(
      "--nats-credentials <file>",
      "file with the credentials for the NATS server: USER:PASSWORD, a token, or a .creds file",
    )
    .option(
      "--keep <number>",
      "keep the raw frames of this many events, 2 MiB each, for the save button of the live view",
      keptFrames,
    )
    .option("--keep-folder <folder>", "where to save these frames (default: the current folder)")
    .option(
      "--reload-constants",
      "read constants again when their files change; without it, only on the signal SIGUSR2",
    )
    .option(
      "--curve-server-key <file>",
      "public key of the streams' sender: encrypt, and accept data from it alone",
    )
    .option("--curve-key <file>", "this monitor's own key pair (.key_secret)")
    .addOption(verboseOption())
    .addHelpText("after", EXIT_CODES_HELP)
    .action(async (sources: string[], options, command: Command) => {
      for (const [option, value] of [
        ["--view-token-file", options.viewTokenFile],
        ["--view-origin", options.viewOrigin],
        ["--keep", options.keep],
      ]) {
        if (value !== undefined && options.view === undefined)
          command.error(`error: option '${option}' is for the live view: add --view`);
      }
      for (const [option, value] of [
        ["--nats-name", options.natsName],
        ["--nats-credentials", options.natsCredentials],
      ]) {
        if (value !== undefined && options.nats === undefined)
          command.error(`error: option '${option}' is for NATS: add --nats nats://HOST:4222`);
      }
      if (options.keepFolder !== undefined && options.keep === undefined)
        command.error("error: option '--keep-folder' is for frames that are kept: add --keep NUMBER");
      const { logger, signal, started } = starting(options);
      const { runMonitor } = await import("../monitor.js");
      await runMonitor({
        source: addressList(sources).join(","),
        configuration: options.configuration,
        frames: options.frames ?? Number.POSITIVE_INFINITY,
        share: options.share,
        playback: playbackOptions(options),
        json: options.json === true,
        npy: options.npy,
        metrics: options.metrics,
        view: options.view,
        viewTokenFile: options.viewTokenFile,
        viewOrigins: options.viewOrigin,
        streamvis: options.streamvis,
        omViewer: options.omViewer,
        nats: options.nats,
        natsName: options.natsName,
        natsCredentials: options.natsCredentials,
        keep: options.keep,
        keepFolder: options.keepFolder,
        reloadConstants: options.reloadConstants,
        curveServerKey: options.curveServerKey,
        curveKey: options.curveKey,
        logger,
        signal,
        onStart: started,
      });
    });
  addPlayback(command);
}
