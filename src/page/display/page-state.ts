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

/** What a page knows. */
export interface PageState {
  readonly connection: Connection;
  /** The images that the monitor has. */
  readonly images: readonly ImageName[];
  readonly canResetPedestals: boolean;
  readonly chosen: ImageName | null;
  /** How many raw frames the monitor keeps; null if none. */
  readonly keeps: number | null;
  /** Which monitor this is; null before it is connected. */
  readonly identity: MonitorIdentity | null;
  /** Sum and maximum cannot be begun again from here. */
  readonly hasGivenSums: boolean;
  /** What is on the screen; stays there when the monitor goes. */
  readonly shown: ViewImage | null;
  readonly report: Report | null;
  /** Of the recording that the monitor plays; null if it plays none. */
  readonly playback: PlaybackReport | null;
  /** Of the newest report, but held while paused, as the image is. */
  readonly heldAdcHistograms: AdcHistograms | null;
  readonly history: readonly Sample[];
  readonly isPaused: boolean;
  /** When that came; null if nothing has. */
  readonly shownSinceSeconds: number | null;
  /** When reports last showed that frames were delivered; null if they have not. */
  readonly deliveredSeconds: number | null;
  /** From when on the page waits for a new image: the last one, or when it could ask again. */
  readonly quietSinceSeconds: number;
  /** Since when the page has asked for images without a break. */
  readonly liveSinceSeconds: number;
  /** When the monitor came back after it had been gone. */
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
      // A page that never reached the monitor says so as well: it is gone for all that one can see.
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

/** The page asks for images from now on. */
function begun(state: PageState, seconds: number): PageState {
  return { ...state, quietSinceSeconds: seconds, liveSinceSeconds: seconds };
}
