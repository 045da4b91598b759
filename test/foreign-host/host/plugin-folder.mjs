import { fileURLToPath } from "node:url";

/** Where the plugin is installed: beside this host and not in its node_modules, so that it has packages of its own. */
export const PLUGIN_FOLDER = fileURLToPath(
  new URL("../dependent/node_modules/om-jungfrau-zmq/", import.meta.url),
);

export const MANIFEST = `${PLUGIN_FOLDER}plugin.manifest.json`;
