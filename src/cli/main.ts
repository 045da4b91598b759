#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { isMonitorError } from "../errors.js";
import { finishOutput } from "../outputs/stdout.js";
import { addCheck } from "./commands/check.js";
import { addDark } from "./commands/dark.js";
import { addDemo } from "./commands/demo.js";
import { addKeygen } from "./commands/keygen.js";
import { addMonitor } from "./commands/monitor.js";
import { addReceive } from "./commands/receive.js";
import { addRecord } from "./commands/record.js";
import { addReplay } from "./commands/replay.js";
import { EXIT_CODES_HELP } from "./commands/shared.js";
import { addShow } from "./commands/show.js";
import { addSimulate } from "./commands/simulate.js";
import { addView } from "./commands/view.js";
import { EXIT } from "./exit-codes.js";
import { interruptSignal } from "./interrupt.js";
import { refuseSourcesAsValues } from "./option-values.js";
import { packageVersion } from "./package-version.js";
import { StartUpError } from "./start-up-error.js";
import { logToStderr } from "./terminal/stderr-logger.js";

/** Commands are imported when they run, so that help and usage errors are fast. */
async function main(): Promise<number> {
  let exitCode: number = EXIT.ok;
  const end = (code: number) => {
    exitCode = code;
  };
  const program = new Command("om-jungfrau")
    .description("JUNGFRAU 1M frames from the detector's ZMQ stream, for OM-style monitors.")
    .version(packageVersion())
    .addHelpText("after", EXIT_CODES_HELP)
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("Add --help to see how it is used.")
    .exitOverride();

  addMonitor(program);
  addCheck(program, end);
  addReceive(program);
  addDark(program, end);
  addShow(program);
  addRecord(program, end);
  addView(program);
  addKeygen(program);
  addSimulate(program);
  addReplay(program);
  addDemo(program, end);
  refuseSourcesAsValues(program);
  await program.parseAsync();
  return exitCode;
}

/** A monitor opens its streams last, but faults of their addresses still count as wrong usage. */
const WRONG_SOURCE: readonly string[] = ["STREAM_BAD_SOURCE", "STREAM_UNKNOWN_HOST"];

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage; // already reported
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
