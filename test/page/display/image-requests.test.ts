import test from "ava";
import { ImageRequests } from "../../../src/page/display/image-requests.js";
import type { Binning, ImageName, PageMessage } from "../../../src/viewer/protocol.js";
import { viewImage } from "../../helpers/view-images.js";

const ALL = ["calibrated", "raw", "sum", "maximum"] as const;

function pageThatAsks() {
  const asked: [image: string, after: number | null][] = [];
  const binnings: (number | undefined)[] = [];
  const requests = new ImageRequests((message: PageMessage) => {
    if (message.type !== "image") return;
    asked.push([message.image, message.after]);
    binnings.push(message.binning);
  });
  const answer = (sequence: number, image: ImageName = "calibrated", binning: Binning = 1) =>
    requests.receive(viewImage({ image, sequence, binning, shape: [0, 0], data: new Float32Array() }).header);
  return { requests, asked, binnings, answer };
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

/** A page that has drawn image 5, with one value for 2×2 pixels. */
function pageWithBins() {
  const page = pageThatAsks();
  page.requests.open(ALL);
  page.requests.setBinning(2);
  mustBeShown(page.answer(4));
  page.requests.drawn();
  mustBeShown(page.answer(5, "calibrated", 2));
  return page;
}

function mustBeShown(isShown: boolean): void {
  if (!isShown) throw new Error("this image should be shown");
}

test("a coarser resolution holds from the next image on", (t) => {
  const { binnings, asked } = pageWithBins();
  t.deepEqual(asked, [
    ["calibrated", null],
    ["calibrated", 4],
  ]);
  t.deepEqual(binnings, [1, 2]);
});

test("full resolution is asked for at once, of the same image if there is no newer one", (t) => {
  const { requests, asked, binnings, answer } = pageWithBins();
  requests.drawn();
  requests.setBinning(1);
  t.deepEqual([asked.at(-1), binnings.at(-1)], [["calibrated", null], 1]);
  t.false(answer(6, "calibrated", 2), "an answer to the request before");
  t.true(answer(5));
});

test("a page that pauses gets what it shows in full resolution, once", (t) => {
  const { requests, asked, answer } = pageWithBins();
  requests.drawn();
  requests.pause(true);
  requests.setBinning(1);
  t.true(answer(6));
  requests.drawn();
  const { length } = asked;
  requests.setBinning(2);
  requests.setBinning(1);
  t.is(asked.length, length);
});
