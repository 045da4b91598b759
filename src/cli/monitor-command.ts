/** The arguments of a monitor for a simulated detector. */
export interface SimulatorReady {
  readonly source: string;
  readonly configuration: string;
  /** For encrypted streams: files of the detector's public key, and of the monitor's own pair if it needs one. */
  readonly curve_server_key?: string;
  readonly curve_key?: string;
}

/** The key files that a monitor needs, with the names that `keygen` gives to the two files of a pair. */
export function monitorKeys(
  curveKey: string | undefined,
  curveClients: readonly string[] | undefined,
): Pick<SimulatorReady, "curve_server_key" | "curve_key"> {
  if (curveKey === undefined) return {};
  const server = /\.key_secret$/.test(curveKey) ? curveKey.replace(/_secret$/, "") : "DETECTOR.key";
  const [client] = curveClients ?? [];
  if (client === undefined) return { curve_server_key: server };
  return {
    curve_server_key: server,
    curve_key: /\.key$/.test(client) ? `${client}_secret` : "MONITOR.key_secret",
  };
}

/** As a command line for a shell. */
export function monitorCommand({
  source,
  configuration,
  curve_server_key: serverKey,
  curve_key: key,
}: SimulatorReady): string {
  return [
    `npx om-jungfrau monitor -c ${quoted(configuration)} ${source}`,
    ...(serverKey === undefined ? [] : [`--curve-server-key ${quoted(serverKey)}`]),
    ...(key === undefined ? [] : [`--curve-key ${quoted(key)}`]),
  ].join(" ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
