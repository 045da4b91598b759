import type { Command } from "commander";
import { appendOrigin, natsServer } from "../option-values.js";
import { EXIT_CODES_HELP, running, verboseOption } from "./shared.js";

export function addView(program: Command): void {
  program
    .command("view")
    .description("Serve the live view of all monitors that publish to a NATS server, together.")
    .argument("<nats://HOST:PORT>", "the server that the monitors' --nats names", natsServer)
    .option(
      "--nats-credentials <file>",
      "file with the credentials for the server: USER:PASSWORD, a token, or a .creds file",
    )
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
      const { runView } = await import("../view.js");
      const { natsCredentials, listen, tokenFile, origin: origins } = options;
      await runView({ server, natsCredentials, listen, tokenFile, origins, logger, signal });
    });
}
