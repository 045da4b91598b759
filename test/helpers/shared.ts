import test, { type ExecutionContext } from "ava";

/** What ends things when their time is over: a test, or all tests of a file. */
export type Teardown = Pick<ExecutionContext, "teardown">;

/** Something that the tests of a file have in common: made when the first asks for it, ended after the last. */
export function shared<Thing>(make: (t: Teardown) => Promise<Thing>): () => Promise<Thing> {
  let made: Promise<Thing> | undefined;
  const ends: (() => unknown)[] = [];
  test.after.always(async () => {
    for (const end of ends.reverse()) await end();
  });
  return () => (made ??= make({ teardown: (end) => void ends.push(end) }));
}
