import test from "ava";
import { ReadBlocks } from "../../src/recordings/read-blocks.js";

test("a freed block is reused, and its previous owner no longer has it", (t) => {
  const blocks = new ReadBlocks(8);
  const first = blocks.take().fill(1);
  const second = blocks.take().fill(2);
  blocks.free(first);
  blocks.free(first);
  t.is(first.length, 0);
  t.deepEqual([...blocks.take()], [1, 1, 1, 1, 1, 1, 1, 1]);
  t.is(blocks.take().length, 8);
  t.deepEqual([...second], [2, 2, 2, 2, 2, 2, 2, 2]);
});
