import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { DocumentedSession } from "../helpers/documented-session.js";
import { BLOCKS, commandsOf, type DocumentBlock, folderOf, titleOf } from "../helpers/documents.js";
import { inPackage } from "../helpers/package-root.js";
import { hasShapeOf } from "../helpers/sample-shape.js";
import { SharedDetector } from "../helpers/shared-detector.js";

const { scripts } = JSON.parse(readFileSync(inPackage("package.json"), "utf8"));
const ci = readFileSync(inPackage(".ci", "run"), "utf8");
const blocks = BLOCKS.filter(({ language }) => language === "sh");
const detector = new SharedDetector("--rate", "20");
const isOfNpm = (command: string) => /^npm |^npx ava /.test(command);

/** Whether another block has the same commands, and more: then they are run there. */
function isRepetition(block: DocumentBlock): boolean {
  const commands = commandsOf(block);
  return blocks.some(
    (other) =>
      commandsOf(other).length > commands.length &&
      commands.every((command) => commandsOf(other).includes(command)),
  );
}

for (const block of blocks.filter((one) => !commandsOf(one).every(isOfNpm) && !isRepetition(one))) {
  test.serial(`the commands of ${titleOf(block)} do what they are for`, async (t) => {
    const folder = await folderOf(t, block.document);
    const session = new DocumentedSession(t, folder);
    const commands = commandsOf(block).map((command) => command.split(" "));
    if (!commands.some((words) => words.includes("simulate"))) await session.use(detector);
    for (const words of commands) {
      const command = await session.run(words);
      if (words.includes("--metrics")) {
        const [, metrics = "", health = ""] = await command.logged(/^Metrics on (\S+), health on (\S+)$/m);
        t.regex(await (await fetch(metrics)).text(), /^om_jungfrau_paired_total [1-9]/m);
        t.is((await fetch(health)).status, 200);
      }
      if (words.includes("--view")) {
        const [, view = "", file] = await command.logged(
          /^Live view on ([^\s,]+)(?:, where TOKEN is the content of '(.+)')?$/m,
        );
        const token = file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim();
        const { port, search } = new URL(view.replace("TOKEN", token));
        t.is((await fetch(`http://127.0.0.1:${port}/${search}`)).status, 200);
      }
      const sample = BLOCKS.find(
        (other) =>
          other.language === "text" && other.document === block.document && other.name === block.name,
      );
      const isLast = words === commands.at(-1);
      if (sample !== undefined && block.name !== "" && isLast) {
        const output = command.stdout.join("\n");
        t.true(hasShapeOf(sample.text, output), `${sample.text}\nis not like\n${output}`);
      }
    }
    await session.end();
  });
}

for (const block of blocks.filter((block) => commandsOf(block).some(isOfNpm))) {
  test(`the commands of ${titleOf(block)} exist, and CI runs what installs`, (t) => {
    for (const command of commandsOf(block).flatMap((line) => line.split(" && "))) {
      const [, script, file] = /^(?:npm (?:run )?(\S+)|npx ava dist\/(\S+)\.js)$/.exec(command) ?? [];
      if (file !== undefined) t.true(existsSync(inPackage(`${file}.ts`)), command);
      else if (script === "ci" || script === "cit") t.regex(ci, /^limited npm cit /m);
      else {
        t.truthy(scripts[script ?? ""], command);
        if (script === "start") t.regex(ci, /^step "main job" npm start /m);
      }
    }
  });
}
