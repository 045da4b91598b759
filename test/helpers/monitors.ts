import type { ExecutionContext } from "ava";
import type { DataEvent, StreamStatus } from "../../src/api/index.js";
import { parametersOf, type RecordingLogger, registerPlugin } from "./fakes.js";

const NODE = { nodeRank: 1, nodePoolSize: 2 };

export interface MonitorOptions {
  readonly source: string;
  /** Lines of data_retrieval_layer, besides those that every monitor of a test has. */
  readonly yaml?: string;
  readonly delivery?: "latest" | "all";
  readonly values?: ReadonlyMap<symbol, unknown>;
  /** Called with each event; the next one is asked for when it resolves. */
  readonly onEvent?: (event: DataEvent, data: Record<string, unknown>) => void | Promise<void>;
}

/** The plugin at work on real sockets, in a host of fakes. */
export class RunningMonitor {
  /** Event ids in the order of their arrival. */
  readonly ids: string[] = [];
  readonly logger: RecordingLogger;
  readonly #status: () => StreamStatus;
  readonly #abort = new AbortController();
  #ended: Promise<void> = Promise.resolve();

  private constructor(logger: RecordingLogger, status: () => StreamStatus) {
    this.logger = logger;
    this.#status = status;
  }

  /** It is stopped after the test, should it still run. */
  static async start(t: ExecutionContext, options: MonitorOptions): Promise<RunningMonitor> {
    const { context, logger, status, dispose } = registerPlugin(options.values);
    const yaml = `
calibration: {dark_filenames: [d0, d1], gain_filenames: [g0, g1], photon_energy_kev: 8}
data_retrieval_layer:
  required_data: [timestamp, event_id, detector_data]
  delivery: ${options.delivery ?? "all"}
${options.yaml ?? "  detector_calibration: false"}
`;
    const handler = context.dataRetrievals
      .get("Jungfrau1MZmqDataRetrieval")({ source: options.source, monitorParameters: parametersOf(yaml) })
      .getDataEventHandler();
    await handler.initializeEventHandlingOnProcessingNode(NODE);
    const monitor = new RunningMonitor(logger, status);
    const { signal } = monitor.#abort;
    const run = async () => {
      for await (const event of handler.eventGenerator({ ...NODE, signal })) {
        monitor.ids.push(String(event.frameNumber));
        await options.onEvent?.(event, handler.extractData({ event }));
        handler.closeEvent({ event });
      }
    };
    monitor.#ended = run();
    monitor.#ended.catch(() => undefined); // stop() tells
    t.teardown(async () => {
      await monitor.stop();
      dispose();
    });
    return monitor;
  }

  get status(): StreamStatus {
    return this.#status();
  }

  /** Warnings so far. */
  get warnings(): string[] {
    return this.logger.lines.filter((line) => line.startsWith("warn "));
  }

  /** Rejects with what the monitor failed with. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#ended;
  }
}
