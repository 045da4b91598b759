import { stopCoverage } from "node:v8";

/*
 * For tests that compute for long: while V8 counts what runs, loops over pixels take several times as long. What such tests run
 * is covered by others, too.
 */
stopCoverage();
