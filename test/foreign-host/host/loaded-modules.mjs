import { createRequire, register } from "node:module";
import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";

const HOOKS = `
  let port;
  export function initialize(data) { port = data; }
  export async function load(url, context, next) {
    port.postMessage(url);
    return next(url, context);
  }`;

/**
 * Watch what this process loads from now on.
 *
 * @returns tells all of it: what was imported, as seen by a loader's hook, and what was required, addons too
 */
export function watchModules() {
  const { port1, port2 } = new MessageChannel();
  port1.unref();
  register(`data:text/javascript,${encodeURIComponent(HOOKS)}`, { data: port2, transferList: [port2] });
  const imported = new Set();
  return () => {
    for (let one = receiveMessageOnPort(port1); one; one = receiveMessageOnPort(port1))
      imported.add(one.message);
    return [...imported, ...Object.keys(createRequire(import.meta.url).cache)];
  };
}
