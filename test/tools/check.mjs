// Everything that a change has to pass, one step after the other; ends at the first that fails: npm run check
//
// What takes longer, or needs a network, is left to CI: Python, hosts of other packages, the page in a browser.
import { spawnSync } from "node:child_process";

/** Scripts of package.json. */
const STEPS = ["lint", "test", "test:scalar", "packaging", "docs"];

const times = [];
for (const step of STEPS) {
  console.log(`\n== ${step}`);
  const startMs = performance.now();
  const { status } = spawnSync("npm", ["run", "--silent", step], { stdio: "inherit" });
  times.push(`${step} ${Math.round((performance.now() - startMs) / 1000)} s`);
  if (status === 0) continue;
  console.log(`\n!! check FAILED at ${step}: ${times.join(", ")}. Again, alone: npm run ${step}`);
  process.exit(1);
}
console.log(`\n== check passed: ${times.join(", ")}`);
