import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

// Node.js lends its garbage collector only on request.
setFlagsFromString("--expose-gc");

export const collectGarbage: () => void = runInNewContext("gc");
