import {
  decodeImage,
  LIVE_PATH,
  type PageMessage,
  type ServerMessage,
  type ViewImage,
} from "../viewer/protocol.ts";
import { backOffSeconds } from "./display/back-off.ts";

/** Reports come twice per second: a server silent for so long is gone, even if the connection is open. */
const SILENT_MS = 5000;
/** How long a page waits for the reason why it was refused. */
const REASON_MS = 2000;

export interface LiveListener {
  message(message: ServerMessage): void;
  image(image: ViewImage): void;
  gone(): void;
  /** The monitor is running, but refuses the page's token. */
  refused(): void;
}

export interface LiveConnection {
  /** Has no effect while there is no connection. */
  send(message: PageMessage): void;
  close(): void;
}

/** The server's URL: relative to the page, with the page's token. */
export function liveUrl({ href }: { readonly href: string }): string {
  const page = new URL(href);
  const url = new URL(LIVE_PATH.slice(1), page);
  url.protocol = page.protocol === "https:" ? "wss:" : "ws:";
  const token = page.searchParams.get("token");
  if (token !== null) url.searchParams.set("token", token);
  return url.href;
}

/** Whether the monitor refuses the page's token. A refused WebSocket does not give the reason. */
async function isRefused(liveUrl: string): Promise<boolean> {
  const url = new URL("healthz", liveUrl);
  url.protocol = url.protocol === "wss:" ? "https:" : "http:";
  url.search = new URL(liveUrl).search;
  try {
    const { status } = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(REASON_MS) });
    return status === 401;
  } catch {
    return false;
  }
}

/** Connect, and reconnect whenever the connection is lost, until it is closed. */
export function openLiveConnection(url: string, listener: LiveListener): LiveConnection {
  let socket: WebSocket;
  let attempts = 0;
  let isOpened = false;
  let isClosed = false;
  let again: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;

  const connect = () => {
    const current = new WebSocket(url);
    socket = current;
    isOpened = false;
    current.binaryType = "arraybuffer";
    // An attempt without a response also counts as silence.
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => lost(current), SILENT_MS);
    };
    heard();
    current.onopen = () => {
      isOpened = true;
    };
    current.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      heard();
      attempts = 0;
      if (typeof data === "string") listener.message(JSON.parse(data) as ServerMessage);
      else listener.image(decodeImage(data));
    };
    current.onclose = () => lost(current);
  };

  const lost = async (lostSocket: WebSocket) => {
    if (isClosed || lostSocket !== socket) return;
    clearTimeout(silence);
    forget(lostSocket);
    // Asked first, so that a page that is refused repeatedly does not show "gone" in between.
    const refused = !isOpened && (await isRefused(url));
    if (isClosed) return;
    if (refused) listener.refused();
    else listener.gone();
    again = setTimeout(connect, 1000 * backOffSeconds(attempts));
    attempts += 1;
  };

  connect();
  return {
    send(message) {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    close() {
      isClosed = true;
      clearTimeout(again);
      clearTimeout(silence);
      forget(socket);
    },
  };
}

function forget(socket: WebSocket): void {
  socket.onopen = null;
  socket.onmessage = null;
  socket.onclose = null;
  socket.close();
}
