import type {
  AdcHistograms,
  Hello,
  ImageName,
  MonitorIdentity,
  PlaybackReport,
  Report,
  Sample,
  ViewImage,
} from "../../viewer/protocol.js";
import type { Connection } from "./condition.js";
import { withSample } from "./history.js";

/** The state of a page. */
export interface PageState {
  readonly connection: Connection;
  /** The monitor's images. */
  readonly images: readonly ImageName[];
  readonly canResetPedestals: boolean;
  readonly chosen: ImageName | null;
  /** Number of raw frames that the monitor keeps; null if it keeps none. */
  readonly keeps: number | null;
  /** Which monitor this is; null until it is connected. */
  readonly identity: MonitorIdentity | null;
  /** Sum and maximum cannot be reset from here. */
  readonly hasGivenSums: boolean;
  /** The image on the screen; it stays there when the connection is lost. */
  readonly shown: ViewImage | null;
  readonly report: Report | null;
  /** Playback of a recording; null for a detector. */
  readonly playback: PlaybackReport | null;
  /** Of the newest report; while paused, unchanged like the image. */
  readonly heldAdcHistograms: AdcHistograms | null;
  readonly history: readonly Sample[];
  readonly isPaused: boolean;
  /** Arrival of that image; null before the first image. */
  readonly shownSinceSeconds: number | null;
  /** When reports last showed new delivered frames; null if they have not. */
  readonly deliveredSeconds: number | null;
  /** Start of the wait for a new image: the last image, or when the page could request again. */
  readonly quietSinceSeconds: number;
  /** Since when the page has requested images without interruption. */
  readonly liveSinceSeconds: number;
  /** When the page reconnected after the monitor was gone. */
  readonly backSinceSeconds: number | null;
}

export type PageAction =
  | {
      readonly type: "hello";
      readonly hello: Hello;
      readonly chosen: ImageName | null;
      readonly seconds: number;
    }
  | { readonly type: "gone" }
  | { readonly type: "refused" }
  | { readonly type: "report"; readonly report: Report; readonly seconds: number }
  | { readonly type: "playback"; readonly playback: PlaybackReport; readonly seconds: number }
  | { readonly type: "image"; readonly image: ViewImage; readonly seconds: number }
  | { readonly type: "chosen"; readonly image: ImageName }
  | { readonly type: "paused"; readonly isPaused: boolean; readonly seconds: number }
  | { readonly type: "visible"; readonly seconds: number };

export const FIRST_STATE: PageState = {
  connection: "connecting",
  images: [],
  canResetPedestals: false,
  chosen: null,
  keeps: null,
  identity: null,
  hasGivenSums: false,
  shown: null,
  report: null,
  playback: null,
  heldAdcHistograms: null,
  history: [],
  isPaused: false,
  deliveredSeconds: null,
  shownSinceSeconds: null,
  quietSinceSeconds: 0,
  liveSinceSeconds: 0,
  backSinceSeconds: null,
};

export function pageState(state: PageState, action: PageAction): PageState {
  switch (action.type) {
    case "hello": {
      const { hello, chosen, seconds } = action;
      const wasGone = state.connection === "gone" || state.connection === "refused";
      const backSinceSeconds = wasGone ? seconds : null;
      const { images, canResetPedestals, history, identity, keeps = null, hasGivenSums = false } = hello;
      return {
        ...begun(state, seconds),
        connection: "open",
        images,
        canResetPedestals,
        history,
        keeps,
        playback: null,
        identity,
        hasGivenSums,
        chosen,
        backSinceSeconds,
      };
    }
    case "gone":
      // Also for a page that never reached the monitor, which cannot tell the difference.
      return { ...state, connection: "gone", backSinceSeconds: null };
    case "refused":
      return { ...state, connection: "refused", backSinceSeconds: null };
    case "report":
      return {
        ...state,
        report: action.report,
        deliveredSeconds:
          delivered(action.report) > delivered(state.report) ? action.seconds : state.deliveredSeconds,
        heldAdcHistograms: state.isPaused ? state.heldAdcHistograms : action.report.adcHistograms,
        history: withSample(state.history, action.report.sample),
      };
    case "playback": {
      const goesOn = state.playback?.isPaused === true && !action.playback.isPaused;
      return { ...(goesOn ? begun(state, action.seconds) : state), playback: action.playback };
    }
    case "image": {
      const { image: shown, seconds } = action;
      return { ...state, shown, shownSinceSeconds: seconds, quietSinceSeconds: seconds };
    }
    case "chosen":
      return { ...state, chosen: action.image };
    case "paused":
      return { ...begun(state, action.seconds), isPaused: action.isPaused };
    case "visible":
      return begun(state, action.seconds);
  }
}

const delivered = (report: Report | null) => report?.counters.delivered ?? 0;

/** The page requests images from now on. */
function begun(state: PageState, seconds: number): PageState {
  return { ...state, quietSinceSeconds: seconds, liveSinceSeconds: seconds };
}
