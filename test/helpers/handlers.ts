import type { DataEventHandler } from "../../src/api/index.js";
import { OPEN_MODULE_STREAM, type OpenModuleStream } from "../../src/stream/index.js";
import { parametersOf, registerPlugin } from "./fakes.js";
import { FakeModuleStream, modulePayload } from "./module-frames.js";

export const NODE = { nodeRank: 1, nodePoolSize: 2 };
/** Every default name, and no constants. */
export const RAW = `
data_retrieval_layer:
  required_data: [timestamp, event_id, detector_data, beam_energy, detector_distance]
  detector_calibration: false
  delivery: all
  fallback_beam_energy_in_eV: 12400
  fallback_detector_distance: 150
`;

/** The plugin's event handler on two fake streams. */
export function handlerOf(
  yaml = RAW,
  source = "tcp://a:1,tcp://b:2",
  values: ReadonlyMap<symbol, unknown> = new Map(),
) {
  const streams: FakeModuleStream[] = [];
  const open: OpenModuleStream = ({ url }) => {
    const stream = new FakeModuleStream(url);
    streams.push(stream);
    return stream;
  };
  const plugin = registerPlugin(new Map<symbol, unknown>([[OPEN_MODULE_STREAM, open], ...values]));
  const retrieval = plugin.context.dataRetrievals.get("Jungfrau1MZmqDataRetrieval")({
    source,
    monitorParameters: parametersOf(yaml),
  });
  return { ...plugin, handler: retrieval.getDataEventHandler(), streams };
}

/** Start the handler; the streams are open when its first `next()` has run. */
export async function started(handler: DataEventHandler, signal?: AbortSignal) {
  await handler.initializeEventHandlingOnProcessingNode(NODE);
  const events = handler.eventGenerator({ ...NODE, signal });
  const first = events.next();
  await new Promise((resolve) => setImmediate(resolve));
  return { events, first };
}

/** Both halves of an exposure. */
export function sendPair(streams: FakeModuleStream[], frameNumber: bigint, fields = {}): void {
  for (const [portIndex, stream] of streams.entries()) {
    stream.pushFrame({ frameNumber, portIndex, raw: modulePayload(Number(frameNumber)), ...fields });
  }
}
