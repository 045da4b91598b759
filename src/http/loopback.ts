const LOOPBACK_ADDRESS = /^(?:(?:::ffff:)?127\.|::1$)/i;
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/** Whether an address can be reached from this machine alone. */
export function isLoopback(address: string): boolean {
  return LOOPBACK_ADDRESS.test(address);
}

/** Whether an address or a name to listen on is for this machine alone. */
export function isThisMachine(host: string): boolean {
  return isLoopback(host) || namesLoopback(host);
}

/**
 * Whether a Host header means this machine by a loopback address; at any port, because a tunnel may end at another.
 *
 * A web page elsewhere can lead its own name to 127.0.0.1 and have a browser on this machine ask for it; the browser
 * then sends that name.
 */
export function namesLoopback(host = ""): boolean {
  return LOOPBACK_HOST.test(host);
}
