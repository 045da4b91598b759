import { backOffSeconds } from "../display/back-off.ts";
import { decodeImage, LIVE_PATH, type PageMessage, type ServerMessage, type ViewImage } from "../protocol.ts";

/** Reports come twice a second: a server that is silent for so long is gone, even if nobody closed the connection. */
const SILENT_MS = 5000;

export interface LiveListener {
  message(message: ServerMessage): void;
  image(image: ViewImage): void;
  gone(): void;
}

export interface LiveConnection {
  /** Goes nowhere while there is no connection. */
  send(message: PageMessage): void;
  close(): void;
}

/** Where the server listens: beside the page, with the page's token. */
export function liveUrl({ href }: { readonly href: string }): string {
  const page = new URL(href);
  const url = new URL(LIVE_PATH.slice(1), page);
  url.protocol = page.protocol === "https:" ? "wss:" : "ws:";
  const token = page.searchParams.get("token");
  if (token !== null) url.searchParams.set("token", token);
  return url.href;
}

/** Connect, and again whenever the connection is lost, until it is closed. */
export function openLiveConnection(url: string, listener: LiveListener): LiveConnection {
  let socket: WebSocket;
  let attempts = 0;
  let isClosed = false;
  let again: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;

  const connect = () => {
    const current = new WebSocket(url);
    socket = current;
    current.binaryType = "arraybuffer";
    // An attempt that nobody answers is silence, too.
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => lost(current), SILENT_MS);
    };
    heard();
    current.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      heard();
      attempts = 0;
      if (typeof data === "string") listener.message(JSON.parse(data) as ServerMessage);
      else listener.image(decodeImage(data));
    };
    current.onclose = () => lost(current);
  };

  const lost = (lostSocket: WebSocket) => {
    if (isClosed || lostSocket !== socket) return;
    clearTimeout(silence);
    forget(lostSocket);
    listener.gone();
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
  socket.onmessage = null;
  socket.onclose = null;
  socket.close();
}
