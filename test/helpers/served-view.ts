import type { Array2D } from "../../src/host/index.js";
import type { MetricsRoutesOptions } from "../../src/http/index.js";
import { LiveView } from "../../src/viewer/index.js";
import { encodeImageHeader, HDF5_PATH, type ViewImage } from "../../src/viewer/protocol.js";
import { FixedClock, RecordingLogger } from "./fakes.js";
import { IDENTITY } from "./identity.js";
import { until } from "./until.js";
import { watchedData } from "./watched.js";

const NO_METRICS: MetricsRoutesOptions["metrics"] = { text: async () => "", contentType: "text/plain" };

/** A live view on a free port, which ends with the test. */
export async function serveFrames(t: { teardown(end: () => unknown): void }): Promise<LiveView> {
  const clock = new FixedClock();
  const view = await LiveView.start({
    host: "127.0.0.1",
    port: 0,
    origins: [],
    token: undefined,
    frames: "calibrated",
    rawSource: undefined,
    status: () => ({ state: "streaming", message: "streaming", counters: {} }),
    watched: watchedData(clock),
    metrics: NO_METRICS,
    identity: IDENTITY,
    clock,
    logger: new RecordingLogger(),
  });
  t.teardown(() => view.close());
  return view;
}

/** Offer a frame until the view has it. */
export async function showFrame(view: LiveView, frame: Array2D, timestampSeconds: number): Promise<void> {
  await until(async () => {
    view.offer({ frameNumber: 7n, timestampSeconds }, frame);
    return (await fetch(`${view.url}api/frame.npy`)).ok;
  });
}

export const hdf5Url = (view: LiveView) => `${view.url}${HDF5_PATH.slice(1)}`;

/** An image as a page sends it to have it saved. */
export function asPosted({ header, data, status }: ViewImage): Buffer {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat([encodeImageHeader(header), bytes, status]);
}
