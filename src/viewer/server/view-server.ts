import type { IncomingMessage } from "node:http";
import { WebSocketServer } from "ws";
import { messageOf } from "../../errors.js";
import { encodeNpy } from "../../host/npy.js";
import {
  answerByPath,
  answerUpgrade,
  type HttpAnswer,
  type HttpServer,
  type ListenAddress,
  type MetricsRoutesOptions,
  metricsRoutes,
  plain,
  type Routes,
  startHttpServer,
} from "../../http/index.js";
import {
  HDF5_PATH,
  IMAGE_NAMES,
  type ImageName,
  LIVE_PATH,
  type MonitorIdentity,
  type Report,
  SAVE_FRAMES_PATH,
  type SavedFrames,
  type ViewImage,
} from "../protocol.js";
import { hasToken, isOwnOrigin } from "./access.js";
import type { Images } from "./images.js";
import { nexusImage } from "./nexus-image.js";
import type { Pages } from "./pages.js";
import { readPostedImage } from "./posted-image.js";

/** More pages than are open at a beamline; each costs memory. */
const MAX_PAGES = 32;
/** Pages send only short messages. */
const MAX_MESSAGE_BYTES = 1024;

const HEADERS: Readonly<Record<string, string>> = {
  // The page may use only what it needs: it loads nothing from elsewhere, and no other page can frame it.
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer", // the URL may contain a token
};

/** Advice for users behind a proxy. */
const PROXY_HINT = "Behind a reverse proxy, give the monitor the page's address with --view-origin.";

export interface ViewServerOptions extends ListenAddress, MetricsRoutesOptions {
  /** Origins of the page behind reverse proxies, as browsers send them: `https://HOST`, or `https://HOST:PORT`. */
  readonly origins: readonly string[];
  /** Token that every request needs, except for the page's own files; undefined if no token is needed. */
  readonly token: string | undefined;
  /** The page's files by their paths. */
  readonly files: ReadonlyMap<string, HttpAnswer>;
  readonly images: Images;
  readonly imageNames: readonly ImageName[];
  readonly identity: MonitorIdentity;
  readonly pages: Pages;
  readonly report: () => Report;
  /** Writes the kept frames; returns undefined if there are none yet. Absent if the monitor keeps none. */
  readonly saveFrames: (() => Promise<SavedFrames | undefined>) | undefined;
}

/**
 * Serve the page, its WebSocket, and the same numbers and frames for programs. Requests can only change the
 * view, make the monitor write the frames that it keeps, and control the playback of a recording.
 *
 * @throws {HostError} HOST_CANNOT_LISTEN
 */
export async function startViewServer(options: ViewServerOptions): Promise<HttpServer> {
  const { host, port, origins, pages } = options;
  const routes = viewRoutes(options);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false, // frames are noise, and compression would cost too much time
  });
  return startHttpServer({
    host,
    port,
    proxyHosts: origins.map((origin) => new URL(origin).host),
    proxyHint: PROXY_HINT,
    answer: async (request) => {
      const answer = refusal(request, options) ?? (await answerTo(request, options, routes));
      return { ...answer, headers: { ...HEADERS, ...answer.headers } };
    },
    upgrade: (request, socket, head) => {
      const refused =
        pathOf(request) === LIVE_PATH ? refusal(request, options) : plain(404, "There is nothing here.");
      if (refused !== undefined) return answerUpgrade(socket, refused);
      if (pages.count >= MAX_PAGES) return answerUpgrade(socket, plain(503, "Too many pages are open."));
      sockets.handleUpgrade(request, socket, head, (page) => pages.open(page));
    },
  });
}

function answerTo(
  request: IncomingMessage,
  options: ViewServerOptions,
  routes: Routes,
): HttpAnswer | Promise<HttpAnswer> {
  const path = pathOf(request);
  if (path === SAVE_FRAMES_PATH) return saveFrames(request, options);
  if (path === HDF5_PATH && request.method === "POST") return postedFile(request, options);
  return answerByPath(request, routes, "There is nothing here.");
}

function viewRoutes(options: ViewServerOptions): Routes {
  const { files, report, metrics, health } = options;
  return new Map([
    ...[...files].map(([path, answer]) => [path, () => answer] as const),
    ["/api/status", () => json(report())],
    ["/api/frame.npy", (query: URLSearchParams) => imageFile(options, query, npyFile)],
    [HDF5_PATH, (query: URLSearchParams) => imageFile(options, query, copiedHdf5File)],
    ...metricsRoutes({ metrics, health }),
  ]);
}

/** Write the frames that the monitor keeps. */
async function saveFrames({ method }: IncomingMessage, options: ViewServerOptions): Promise<HttpAnswer> {
  if (options.saveFrames === undefined)
    return plain(404, "This monitor keeps no frames. Start it with --keep NUMBER.");
  if (method !== "POST") return { ...plain(405, "Use POST."), headers: { Allow: "POST" } };
  try {
    const saved = await options.saveFrames();
    if (saved !== undefined) return json(saved);
    return { ...plain(503, "No frame has arrived yet."), headers: { "Retry-After": "1" } };
  } catch (error) {
    return plain(500, messageOf(error));
  }
}

function pathOf({ url = "" }: IncomingMessage): string {
  return url.split("?", 1)[0] as string;
}

/** The reason to refuse a request; undefined if it is accepted. */
function refusal(
  request: IncomingMessage,
  { origins, token, files }: ViewServerOptions,
): HttpAnswer | undefined {
  if (!isOwnOrigin(request, origins)) return plain(403, `Another page may not ask for this. ${PROXY_HINT}`);
  const path = pathOf(request);
  const isCode = path !== "/" && files.has(path); // public: it is in the package
  if (token === undefined || isCode || hasToken(request, token)) return undefined;
  return plain(401, "Add the token to the URL: ?token=…. The monitor's log shows where to find it.");
}

function json(value: unknown): HttpAnswer {
  return { status: 200, type: "application/json", body: `${JSON.stringify(value)}\n` };
}

/** Writes an image as a file. */
type FileOf = (image: ViewImage, options: ViewServerOptions) => HttpAnswer | Promise<HttpAnswer>;

/** The newest image as a file: `?image=raw`; by default, the frame of the event. */
function imageFile(
  options: ViewServerOptions,
  query: URLSearchParams,
  fileOf: FileOf,
): HttpAnswer | Promise<HttpAnswer> {
  const { images, imageNames: names } = options;
  const asked = query.get("image") ?? names[0] ?? "calibrated";
  const name = IMAGE_NAMES.find((one) => one === asked);
  if (name === undefined || !names.includes(name)) {
    return plain(404, `There is no image '${asked}'. There is ${names.join(", ") || "none"}.`);
  }
  const image = images.get(name);
  if (image === undefined)
    return { ...plain(503, "No frame has arrived yet."), headers: { "Retry-After": "1" } };
  return fileOf(image, options);
}

/** In numpy's format. */
function npyFile({ header, data }: ViewImage): HttpAnswer {
  return download(header, "npy", encodeNpy({ dtype: header.dtype, shape: header.shape, data }));
}

async function hdf5File(image: ViewImage, { identity }: ViewServerOptions): Promise<HttpAnswer> {
  return download(image.header, "h5", await nexusImage(image, identity));
}

/** For an image whose memory the monitor reuses before the file is written. */
function copiedHdf5File(
  { header, data, status }: ViewImage,
  options: ViewServerOptions,
): Promise<HttpAnswer> {
  return hdf5File({ header, data: data.slice(), status: status.slice() }, options);
}

/** An image that a page sends, as an HDF5 file. */
async function postedFile(request: IncomingMessage, options: ViewServerOptions): Promise<HttpAnswer> {
  const image = await readPostedImage(request);
  if (image === undefined) return plain(400, "This is not an image of the live view, as the page gets it.");
  try {
    return await hdf5File(image, options);
  } catch (error) {
    return plain(500, `Cannot write the file: ${messageOf(error)}`);
  }
}

function download({ eventId, image }: ViewImage["header"], ending: string, body: Uint8Array): HttpAnswer {
  return {
    status: 200,
    type: "application/octet-stream",
    body,
    headers: {
      "Content-Disposition": `attachment; filename="${eventId}-${image}.${ending}"`,
      "X-Event-Id": eventId,
    },
  };
}
