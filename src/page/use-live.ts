import { useCallback, useEffect, useMemo, useReducer, useRef } from "react";
import type { Binning, ImageName, PageMessage } from "../viewer/protocol.ts";
import { ImageRequests } from "./display/image-requests.ts";
import { FIRST_STATE, type PageState, pageState } from "./display/page-state.ts";
import { IMAGE } from "./display/url-forms.ts";
import { type LiveConnection, liveUrl, openLiveConnection } from "./live-connection.ts";
import { seconds } from "./seconds.ts";
import { inUrl, putInUrl } from "./view-url.ts";

/** A page's control of the live stream. */
export interface LiveControls {
  choose(image: ImageName): void;
  pause(isPaused: boolean): void;
  step(): void;
  /** Set the resolution of the images from now on. */
  setBinning(binning: Binning): void;
  /** To be called when the shown image is on the screen. */
  drawn(): void;
  send(message: PageMessage): void;
}

/** The page's connection with the monitor, and everything received over it. */
export function useLive(): readonly [PageState, LiveControls] {
  const [state, dispatch] = useReducer(pageState, FIRST_STATE);
  const connection = useRef<LiveConnection | null>(null);
  const send = useCallback((message: PageMessage) => connection.current?.send(message), []);
  const requests = useMemo(() => new ImageRequests(send, IMAGE.parse(inUrl("image") ?? "")), [send]);

  useEffect(() => {
    const live = openLiveConnection(liveUrl(window.location), {
      message(message) {
        if (message.type === "report") dispatch({ type: "report", report: message, seconds: seconds() });
        else if (message.type === "playback")
          dispatch({ type: "playback", playback: message, seconds: seconds() });
        else {
          requests.open(message.images);
          dispatch({ type: "hello", hello: message, chosen: requests.image, seconds: seconds() });
        }
      },
      image(image) {
        if (requests.receive(image.header)) dispatch({ type: "image", image, seconds: seconds() });
      },
      gone() {
        requests.close();
        dispatch({ type: "gone" });
      },
      refused: () => dispatch({ type: "refused" }),
    });
    connection.current = live;
    return () => live.close();
  }, [requests]);

  useEffect(() => {
    const changed = () => {
      requests.setVisible(!document.hidden);
      dispatch({ type: "visible", seconds: seconds() });
    };
    document.addEventListener("visibilitychange", changed);
    changed();
    return () => document.removeEventListener("visibilitychange", changed);
  }, [requests]);

  const controls = useMemo<LiveControls>(
    () => ({
      choose(image) {
        requests.choose(image);
        putInUrl("image", IMAGE.format(image));
        dispatch({ type: "chosen", image });
      },
      pause(isPaused) {
        requests.pause(isPaused);
        dispatch({ type: "paused", isPaused, seconds: seconds() });
      },
      step() {
        requests.step();
        dispatch({ type: "paused", isPaused: true, seconds: seconds() });
      },
      setBinning: (binning) => requests.setBinning(binning),
      drawn: () => requests.drawn(),
      send,
    }),
    [requests, send],
  );
  return [state, controls];
}
