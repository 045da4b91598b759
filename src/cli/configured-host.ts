import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Logger } from "../api/index.js";
import { readMonitorParameters, YamlMonitorParameters } from "../configuration/index.js";
import { MonitorHost, SYSTEM_CLOCK } from "../host/index.js";
import { type PlaybackOptions, playbackValues } from "./playback.js";

/** This package's own plugin. */
const DEFAULT_MANIFEST = fileURLToPath(new URL("../../../plugin.manifest.json", import.meta.url));

const RAW_CONFIGURATION = `
om: { data_retrieval_layer: Jungfrau1MZmqDataRetrieval }
data_retrieval_layer: { required_data: [timestamp, event_id, detector_data], detector_calibration: false }
`;

export interface ConfiguredHostOptions {
  /** Undefined for raw words only. */
  readonly configuration: string | undefined;
  /** Undefined for a check without a source. */
  readonly source: string | undefined;
  /** Key files that replace the configuration's. */
  readonly curveServerKey?: string | undefined;
  readonly curveKey?: string | undefined;
  readonly logger: Logger;
  readonly playback?: PlaybackOptions | undefined;
  /** Values of `data_retrieval_layer` that replace the configuration's. */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

/**
 * A host for a configuration, not initialised yet.
 *
 * @throws {ConfigurationError} as `readMonitorParameters`; also for options of recordings if the source is a stream
 */
export function configuredHost(options: ConfiguredHostOptions): MonitorHost {
  const { configuration, source, curveServerKey, curveKey, logger, overrides = {} } = options;
  const parameters =
    configuration === undefined
      ? new YamlMonitorParameters(RAW_CONFIGURATION, "no configuration")
      : readMonitorParameters(configuration);
  const override = (parameter: string, value: unknown, place: string) =>
    parameters.override({ group: "data_retrieval_layer", parameter }, value, place);
  if (curveServerKey) override("curve_server_key_file", resolve(curveServerKey), "--curve-server-key");
  if (curveKey) override("curve_key_file", resolve(curveKey), "--curve-key");
  const playback = playbackValues(source, options.playback ?? {});
  if (playback !== undefined) {
    const { playback: configured } = parameters.getParameterGroup({ group: "data_retrieval_layer" });
    override("playback", { ...(configured as object | undefined), ...playback }, "playback with options");
  }
  for (const [parameter, value] of Object.entries(overrides)) override(parameter, value, parameter);
  return new MonitorHost({
    parameters,
    source,
    defaultManifests: [DEFAULT_MANIFEST],
    logger,
    clock: SYSTEM_CLOCK,
    nodeVersion: process.versions.node,
  });
}
