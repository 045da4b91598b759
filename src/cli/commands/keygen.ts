import type { Command } from "commander";
import { fileName } from "../option-values.js";
import { EXIT_CODES_HELP } from "./shared.js";

export function addKeygen(program: Command): void {
  program
    .command("keygen")
    .description("Make a key pair for encrypted streams: <name>.key_secret and <name>.key.")
    .argument("<name>", "path and first part of the file names", fileName)
    .addHelpText("after", EXIT_CODES_HELP)
    .action(async (name: string) => {
      const { runKeygen } = await import("../keygen.js");
      await runKeygen(name);
    });
}
