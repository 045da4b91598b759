import test from "ava";
import { ImageRequests } from "../../../src/page/display/image-requests.js";
import type { ImageName, PageMessage } from "../../../src/viewer/protocol.js";
import { viewImage } from "../../helpers/view-images.js";

const ALL = ["calibrated", "raw", "sum", "maximum"] as const;

function pageThatAsks() {
  const asked: [image: string, after: number | null][] = [];
  const requests = new ImageRequests((message: PageMessage) => {
    if (message.type === "image") asked.push([message.image, message.after]);
  });
  const answer = (sequence: number, image: ImageName = "calibrated") =>
    requests.receive(viewImage({ image, sequence, shape: [0, 0], data: new Float32Array() }).header);
  return { requests, asked, answer };
}

test("asks for the next image when it has drawn the last", (t) => {
  const { requests, asked, answer } = pageThatAsks();
  requests.open(ALL);
  t.deepEqual(asked, [["calibrated", null]]);
  t.true(answer(7));
  requests.setVisible(true);
  t.is(asked.length, 1);
  requests.drawn();
  t.deepEqual(asked.at(-1), ["calibrated", 7]);
  requests.drawn();
  t.is(asked.length, 2);
});

test("asks for nothing before it is connected", (t) => {
  const { requests, asked } = pageThatAsks();
  requests.setVisible(true);
  requests.drawn();
  requests.choose("sum");
  t.deepEqual(asked, []);
});

test("a monitor that came back counts anew, and the image stays chosen", (t) => {
  const { requests, asked, answer } = pageThatAsks();
  requests.open(ALL);
  requests.choose("sum");
  t.true(answer(90, "sum"));
  requests.close();
  requests.drawn();
  t.is(asked.length, 2);
  requests.open(ALL);
  t.deepEqual(asked.at(-1), ["sum", null]);
  requests.close();
  requests.open(["raw"]);
  t.deepEqual(asked.at(-1), ["raw", null]);
});

test("while paused nothing is asked for, and a late answer is not shown", (t) => {
  const { requests, asked, answer } = pageThatAsks();
  requests.open(ALL);
  requests.pause(true);
  t.false(answer(1));
  t.is(asked.length, 1);
  requests.pause(false);
  t.deepEqual(asked.at(-1), ["calibrated", null]);
  t.is(asked.length, 2);
});

test("a step shows one image, the next newest", (t) => {
  const { requests, asked, answer } = pageThatAsks();
  requests.open(ALL);
  answer(1);
  requests.drawn();
  requests.pause(true);
  t.false(answer(2));
  requests.step();
  t.deepEqual(asked.at(-1), ["calibrated", 1]);
  t.true(answer(9));
  requests.drawn();
  t.is(asked.length, 3);
  t.false(answer(10));
});

test("a step takes the answer that is still to come", (t) => {
  const { requests, asked, answer } = pageThatAsks();
  requests.open(ALL);
  requests.step();
  t.is(asked.length, 1);
  t.true(answer(3));
});

test("another image is asked for at once, also while paused; the old one's answer is not shown", (t) => {
  const { requests, asked, answer } = pageThatAsks();
  requests.open(ALL);
  requests.choose("maximum");
  t.deepEqual(asked.at(-1), ["maximum", null]);
  t.false(answer(1, "calibrated"));
  t.true(answer(1, "maximum"));
  requests.drawn();
  requests.pause(true);
  requests.choose("raw");
  t.deepEqual(asked.at(-1), ["raw", null]);
  t.true(answer(2, "raw"));
  requests.drawn();
  t.is(asked.length, 4);
});

test("a hidden page does not ask", (t) => {
  const { requests, asked, answer } = pageThatAsks();
  requests.open(ALL);
  requests.setVisible(false);
  t.true(answer(1));
  requests.drawn();
  t.is(asked.length, 1);
  requests.setVisible(true);
  t.deepEqual(asked.at(-1), ["calibrated", 1]);
});
