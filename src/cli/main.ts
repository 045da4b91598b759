#!/usr/bin/env node
import { Command, CommanderError, Option, type OptionValues } from "commander";
import { isMonitorError } from "../errors.js";
import { finishOutput } from "../outputs/index.js";
import { EXIT } from "./exit-codes.js";
import { interruptionAfterStart, interruptSignal } from "./interrupt.js";
import {
  append,
  appendFault,
  appendOrigin,
  appendParameter,
  fileName,
  gainStages,
  keptFrames,
  monitorCount,
  monitorName,
  natsServer,
  pedestalMode,
  photonEnergyKeV,
  playbackRate,
  portList,
  ports,
  positiveInteger,
  positiveNumber,
  refuseSourcesAsValues,
  runName,
  share,
  wholeNumber,
} from "./option-values.js";
import { packageVersion } from "./package-version.js";
import type { PlaybackOptions } from "./playback.js";
import { StartUpError } from "./start-up-error.js";
import { logToStderr, stderrLogger } from "./terminal/stderr-logger.js";

const EXIT_CODES_HELP = `
Exit codes: ${EXIT.ok} done, also after Ctrl-C; ${EXIT.failed} failed while running; ${EXIT.usage} wrong usage, configuration or
constants files; ${EXIT.interrupted} second Ctrl-C.`;

const CHECK_EXIT_CODES_HELP = `
Exit codes: ${EXIT.ok} a monitor would start; ${EXIT.failed} it would not, or there are warnings or problems with --strict;
${EXIT.usage} wrong usage; ${EXIT.interrupted} second Ctrl-C.`;

/** Commands are imported when they are run, so that help and wrong usage answer at once. */
async function main(): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = new Command("om-jungfrau")
    .description("JUNGFRAU 1M frames from the detector's ZMQ stream, for OM-style monitors.")
    .version(packageVersion())
    .addHelpText("after", EXIT_CODES_HELP)
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("Add --help to see how it is used.")
    .exitOverride();

  program
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
      if (options.natsName !== undefined && options.nats === undefined)
        command.error("error: option '--nats-name' is for NATS: add --nats nats://HOST:4222");
      if (options.keepFolder !== undefined && options.keep === undefined)
        command.error("error: option '--keep-folder' is for frames that are kept: add --keep NUMBER");
      const { logger, signal, started } = starting(options);
      const { runMonitor } = await import("./monitor.js");
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

  program
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
      "fail with exit code 1 also on warnings and problems of the streams, such as a dead port",
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
      const { runCheck } = await import("./check.js");
      exitCode = await runCheck({
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
      });
    });

  program
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
      "do not pair: share out the frames of one port among this many monitors, by frame number; see docs/many-machines.md",
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
      "public key of a monitor to accept, once for each; without it, every monitor that knows the receiver's key",
      append,
    )
    .addOption(verboseOption())
    .addHelpText("after", EXIT_CODES_HELP)
    .action(async (addresses: string[], options, command: Command) => {
      if (options.share !== undefined) return receiveShare(addresses, options, command);
      const { logger, signal, started } = starting(options);
      const { runReceiver } = await import("./receive.js");
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

  program
    .command("dark")
    .description("Make pedestals from the streams of a detector in the dark, one gain stage after the other.")
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
      new Option("--stages <list>", "gain stages to measure, some of g0, g1, g2 and hg0")
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
    .option("--monitor-yaml", "also write a monitor.yaml that uses them")
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
      const { runDark } = await import("./dark.js");
      exitCode = await runDark({
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
      });
    });

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
      const { runShow } = await import("./show.js");
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
      "first part of the files' names: NAME_master_0.json, NAME_d0_f0_0.raw",
      runName,
      "run",
    )
    .option("-n, --frames <number>", "end after this many frames of each port", positiveInteger)
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
      const { runRecord } = await import("./record.js");
      exitCode = await runRecord({
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
      });
    });

  program
    .command("view")
    .description("Serve the live view of all monitors that publish to a NATS server, together.")
    .argument("<nats://HOST:PORT>", "the server that the monitors' --nats names", natsServer)
    .option(
      "--listen <HOST:PORT>",
      "where to serve the page (default: 127.0.0.1:8123), with a token in its URL if other machines reach it",
    )
    .option(
      "--token-file <file>",
      "file of the token, so that the page stays valid after a restart; created if missing",
    )
    .option(
      "--origin <URL>",
      "public address of the page behind a reverse proxy, which is then accepted; can be repeated",
      appendOrigin,
    )
    .addOption(verboseOption())
    .addHelpText("after", EXIT_CODES_HELP)
    .action(async (server: string, options) => {
      const { logger, signal } = running(options);
      const { runView } = await import("./view.js");
      const { listen, tokenFile, origin: origins } = options;
      await runView({ server, listen, tokenFile, origins, logger, signal });
    });

  program
    .command("keygen")
    .description("Make a key pair for encrypted streams: <name>.key_secret and <name>.key.")
    .argument("<name>", "path and first part of the files' names", fileName)
    .addHelpText("after", EXIT_CODES_HELP)
    .action(async (name: string) => {
      const { runKeygen } = await import("./keygen.js");
      await runKeygen(name);
    });

  program
    .command("simulate")
    .description("Run a simulated detector: two streams, with matching constants files and configuration.")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .addOption(
      new Option("--ports <two>", "ports of the two modules; 0 for a free one")
        .argParser(ports)
        .default([30001, 30002], "30001,30002"),
    )
    .option("-r, --rate <Hz>", "frames per second", positiveNumber, 10)
    .option("-n, --frames <number>", "end after this many frames", positiveInteger)
    .option("--seed <number>", "seed of the scene; another seed gives another scene", wholeNumber, 1)
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
      "simulate a fault; can be repeated. bright[=START_S]: the beam stop fails after START_S seconds, and pixels approach the end of G2",
      appendFault,
    )
    .option("--wait", "send nothing until a monitor has subscribed to both streams")
    .option(
      "--stay",
      "keep the ports open after the last frame, as receivers do: monitors wait for the next acquisition",
    )
    .option("--curve-key <file>", "the detector's own key pair (.key_secret): encrypt the streams")
    .option(
      "--curve-clients <file>",
      "public key of a client to accept, once for each; without it, every client that knows the detector's key",
      append,
    )
    .option("--json", "print source and configuration as JSON")
    .addOption(verboseOption())
    .addHelpText("after", EXIT_CODES_HELP)
    .action(async (options) => {
      const { logger, signal } = running(options);
      const { runSimulator } = await import("./simulate.js");
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

  program
    .command("replay")
    .description("Play recordings as a detector: send their frames from ports of this machine.")
    .argument("<file...>", "recordings, one run after the other: masters, data files, or lists of masters")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option(
      "--ports <list>",
      "one port for each of the detector's; 0 for a free one (default: 30001 and the next ones)",
      portList,
    )
    .option("-r, --rate <Hz>", "exposures per second (default: as recorded)", positiveNumber)
    .addOption(
      new Option("--release <release>", "write headers as this release of the SLS detector package")
        .choices(["3.1", "4.0", "4.2", "5.1", "6.1", "7.0", "9.2", "10.1"])
        .default("9.2"),
    )
    .option("--loop", "begin again after the last recording; frame numbers go on")
    .option("--wait", "send nothing until a monitor has subscribed to every stream")
    .option(
      "--stay",
      "keep the ports open after the last frame, as receivers do: monitors wait for the next acquisition",
    )
    .option("--curve-key <file>", "the detector's own key pair (.key_secret): encrypt the streams")
    .option(
      "--curve-clients <file>",
      "public key of a client to accept, once for each; without it, every client that knows the detector's key",
      append,
    )
    .option("--json", "print the source as JSON")
    .addOption(verboseOption())
    .addHelpText("after", EXIT_CODES_HELP)
    .action(async (files: string[], options) => {
      const { logger, signal, started } = starting(options);
      const { runReplay } = await import("./replay.js");
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

  program
    .command("demo")
    .description("Run a simulated detector and a monitor on it, and check the photons.")
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
      const { runDemo } = await import("./demo.js");
      exitCode = await runDemo({
        rateHz: options.rate,
        frames: options.frames,
        view: options.view === false ? undefined : (options.view ?? true),
        logger,
        signal,
      });
    });

  for (const command of program.commands) if (TAKES_RECORDINGS.has(command.name())) addPlayback(command);
  refuseSourcesAsValues(program);
  await program.parseAsync();
  return exitCode;
}

/** What a command needs that reads files before it runs for a while. */
function starting({ verbose }: { verbose?: boolean }) {
  const logger = stderrLogger({ verbose: verbose === true });
  return { logger, ...interruptionAfterStart(logger) };
}

/** What `receive` does with `--share`. */
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
  const { runShare } = await import("./share.js");
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

const PLAYBACK_OPTIONS = ["rate", "first", "last", "every", "loop"] as const;

/** Commands whose source may be recordings. */
const TAKES_RECORDINGS: ReadonlySet<string> = new Set(["monitor", "check", "receive", "dark"]);

function addPlayback(command: Command): void {
  command
    .option(
      "--rate <Hz>",
      "play recordings at this rate, or max: as fast as possible (default: as recorded)",
      playbackRate,
    )
    .option("--first <number>", "play recordings from this frame number on", wholeNumber)
    .option("--last <number>", "play recordings up to this frame number", wholeNumber)
    .option("--every <number>", "play only every N-th exposure of recordings", positiveInteger)
    .option("--loop", "repeat recordings endlessly");
}

/** Those that were given. */
function playbackOptions(options: PlaybackOptions): PlaybackOptions {
  const given = PLAYBACK_OPTIONS.map((name) => [name, options[name]]).filter(
    ([, value]) => value !== undefined,
  );
  return Object.fromEntries(given);
}

/** What a command needs that runs for a while. */
function running({ verbose }: { verbose?: boolean }) {
  const logger = stderrLogger({ verbose: verbose === true });
  return { logger, signal: interruptSignal(logger) };
}

/** Addresses as they may be written: separated by commas, spaces, or both. */
function addressList(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.replace(/,$/, "").split(","));
}

function metricsOption(): Option {
  return new Option(
    "--metrics <HOST:PORT>",
    "serve Prometheus metrics and /healthz; PORT alone listens on loopback",
  );
}

function verboseOption(): Option {
  return new Option("-v, --verbose", "log more");
}

/** A monitor opens its streams last of all; what is wrong with their addresses is wrong usage still. */
const WRONG_SOURCE: readonly string[] = ["STREAM_BAD_SOURCE", "STREAM_UNKNOWN_HOST"];

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage; // it has been told
  if (error instanceof StartUpError) {
    process.stderr.write(`error ${error.fault.code}: ${error.message}\n`);
    return EXIT.usage;
  }
  if (isMonitorError(error)) {
    if (WRONG_SOURCE.includes(error.code)) {
      process.stderr.write(`error ${error.code}: ${error.message}\n`);
      return EXIT.usage;
    }
    logToStderr(`error ${error.code}: ${error.message}`);
    return EXIT.failed;
  }
  logToStderr(`internal error, please report it: ${error instanceof Error ? error.stack : String(error)}`);
  return EXIT.failed;
}

process.stderr.on("error", () => undefined);

process.exitCode = await main().catch(report);
await finishOutput(interruptSignal()).catch((error) => {
  const code = report(error);
  process.exitCode ||= code;
});
