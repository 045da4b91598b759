import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { inPackage } from "./package-root.js";

/** An option as `--help` shows it. */
export interface HelpOption {
  /** `-c, --configuration <file>`. */
  readonly flags: string;
  readonly description: string;
}

/** What `om-jungfrau COMMAND --help` says. */
export interface CommandHelp {
  readonly name: string;
  /** Its own; without `--help`, which all have. */
  readonly options: readonly HelpOption[];
}

/** Every command that `om-jungfrau --help` lists, but `help`. */
export async function everyCommandHelp(): Promise<CommandHelp[]> {
  const commands = entries(await help([]), "Commands");
  const names = commands.map(({ flags }) => flags.split(" ")[0] as string).filter((name) => name !== "help");
  return Promise.all(
    names.map(async (name) => {
      const options = entries(await help([name]), "Options");
      return { name, options: options.filter(({ flags }) => !flags.includes("--help")) };
    }),
  );
}

async function help(command: readonly string[]): Promise<string> {
  const main = inPackage("dist", "src", "cli", "main.js");
  return (await promisify(execFile)(process.execPath, [main, ...command, "--help"])).stdout;
}

/** The entries of one section; what is broken over lines is joined. */
function entries(text: string, section: string): HelpOption[] {
  const [, body = ""] = new RegExp(`^${section}:\\n((?: .*\\n)+)`, "m").exec(text) ?? [];
  return body
    .replaceAll(/\n {4,}(?=\S)(?!-)/g, " ")
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [flags = "", ...description] = line.trim().split(/ {2,}/);
      return { flags, description: description.join(" ") };
    });
}
