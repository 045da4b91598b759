import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { readHdf5 } from "../../src/constants/hdf5.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { asPosted, hdf5Url, serveFrames, showFrame } from "../helpers/served-view.js";
import { viewImage } from "../helpers/view-images.js";

const SHAPE = [2, 3] as const;
const DATA = Float32Array.of(1.5, Number.NaN, 3, 4, 5, 6);
const STATUS = Uint8Array.of(0, 2, 0, 0, 0, 6);
const image = viewImage({
  shape: SHAPE,
  data: DATA,
  status: STATUS,
  image: "maximum",
  eventId: "41",
  frames: 9,
});

/** The arrays of a file by their paths. */
async function arraysOf(folder: string, response: Response, paths: readonly string[]): Promise<unknown[]> {
  const path = join(folder, "saved.h5");
  await writeFile(path, Buffer.from(await response.arrayBuffer()));
  return readHdf5({ path, where: path }, (find) =>
    paths.map((name) => {
      const found = find(name);
      return found && [found.shape, Array.from(found.read(found.shape.map((size) => [0, size])))];
    }),
  );
}

const PATHS = ["entry/data/data", "entry/data/status", "entry/data/mask"];

test("the newest image comes as HDF5, and 503 before the first", async (t) => {
  const view = await serveFrames(t);
  t.is((await fetch(hdf5Url(view))).status, 503);
  await showFrame(
    view,
    { dtype: "float32", shape: SHAPE, data: DATA, status: STATUS, unit: "photons" },
    1234.5,
  );
  const response = await fetch(hdf5Url(view));
  t.is(response.status, 200);
  t.regex(response.headers.get("content-disposition") ?? "", /filename="7-calibrated\.h5"/);
  t.deepEqual(await arraysOf(await temporaryFolder(t), response, PATHS), [
    [[2, 3], [...DATA]],
    [[2, 3], [...STATUS]],
    [
      [2, 3],
      [0, 1, 0, 0, 0, 1],
    ],
  ]);
  t.is((await fetch(`${hdf5Url(view)}?image=sum`)).status, 200);
  t.is((await fetch(`${hdf5Url(view)}?image=cat`)).status, 404);
});

test("an image that a page holds comes back as HDF5, also when the monitor has none", async (t) => {
  const view = await serveFrames(t);
  const response = await fetch(hdf5Url(view), { method: "POST", body: asPosted(image) });
  t.is(response.status, 200);
  t.regex(response.headers.get("content-disposition") ?? "", /filename="41-maximum\.h5"/);
  t.deepEqual(await arraysOf(await temporaryFolder(t), response, PATHS.slice(0, 2)), [
    [[2, 3], [...DATA]],
    [[2, 3], [...STATUS]],
  ]);
});

test("what is not an image is refused, and the view goes on", async (t) => {
  const view = await serveFrames(t);
  const post = async (body: Uint8Array) =>
    (await fetch(hdf5Url(view), { method: "POST", body: Buffer.from(body) })).status;
  const good = asPosted(image);
  t.is(await post(new Uint8Array(0)), 400);
  t.is(await post(Buffer.from("not an image at all")), 400);
  t.is(await post(good.subarray(0, -1)), 400);
  t.is(await post(Buffer.concat([good, Buffer.of(0)])), 400);
  t.is(await post(Buffer.alloc(17e6)), 400);
  const wrong = [
    { shape: [2, 4] },
    { shape: [-2, -3] },
    { shape: [6] },
    { binning: 0 },
    { binning: 2, shape: [4, 6] },
    { shape: "23" },
    { dtype: "constructor" },
    { image: "cat" },
    { eventId: '"; filename="x' },
    { eventId: 5 },
    { unit: "a\nb" },
    { timestampSeconds: null },
    { frames: 0.5 },
  ];
  for (const part of wrong) {
    const header = { ...image.header, ...part } as typeof image.header;
    t.is(await post(asPosted({ ...image, header })), 400, JSON.stringify(part));
  }
  t.is((await fetch(hdf5Url(view), { method: "DELETE" })).status, 405);
  t.is(
    (
      await fetch(hdf5Url(view), {
        method: "POST",
        body: asPosted(image),
        headers: { Origin: "http://evil" },
      })
    ).status,
    403,
  );
  t.is(await post(good), 200);
});
