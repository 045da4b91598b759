import { stopCoverage } from "node:v8";

/*
 * For tests that compute for long: while V8 counts what runs, loops over pixels take several times as long. Only for tests of code
 * that others run, too: the floor of the coverage fails where a part is run by no other.
 */
stopCoverage();
