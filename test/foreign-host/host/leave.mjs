// A monitor that ends: node leave.mjs CONFIGURATION SOURCE. What it says on standard output, dispose.test.mjs reads.
import { once } from "node:events";
import { eventsOf, ForeignHost } from "./foreign-host.mjs";
import { MANIFEST } from "./plugin-folder.mjs";

const [configuration, source] = process.argv.slice(2);

// Node.js opens them when it pleases: node:assert, for one, asks whether standard error shows colours.
void process.stdout;
void process.stderr;
const standard = process.getActiveResourcesInfo();

const host = new ForeignHost();
host.addPlugin(MANIFEST);
// One generator is left where it stands after an event, and one while it waits for its next.
const left = eventsOf(await host.monitor(configuration, source));
await left.next();
const waiting = eventsOf(await host.monitor(configuration, source));
await waiting.next();
const ends = (async () => {
  for await (const _ of waiting);
})();

await host.dispose();
await host.dispose();
await ends;
// ZeroMQ's sockets do not show here; the test sees them from the other side.
const open = process.getActiveResourcesInfo();
for (const resource of standard) if (open.includes(resource)) open.splice(open.indexOf(resource), 1);
console.log(JSON.stringify(open));

// Stay until the test has looked at the sockets. After that nothing is left to be done, and nobody calls process.exit.
process.stdin.resume();
await once(process.stdin, "end");
