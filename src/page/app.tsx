import { Btn, ToggleBtn } from "@h5web/lib";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { AlarmBanner } from "./alarm-banner.tsx";
import { wantedBinning } from "./display/binning.ts";
import { conditionOf } from "./display/condition.ts";
import { DisplayedRate } from "./display/displayed-rate.ts";
import { undrawnText } from "./display/scales.ts";
import { isBehind, slowPageText } from "./display/slow-page.ts";
import { Help } from "./help.tsx";
import { ImageCaption } from "./image-caption.tsx";
import { ImageView } from "./image-view.tsx";
import { PlaybackBar } from "./playback-bar.tsx";
import { saveNpy, savePng } from "./save.ts";
import { seconds } from "./seconds.ts";
import { SidePanels } from "./side-panels.tsx";
import { StreamState } from "./stream-state.tsx";
import { ToolBar } from "./tools/tool-bar.tsx";
import { useTools } from "./tools/use-tools.ts";
import { useAlarmSound } from "./use-alarm-sound.ts";
import { useAppearance } from "./use-appearance.ts";
import { useExactImage } from "./use-exact-image.ts";
import { useKeys } from "./use-keys.ts";
import { useLive } from "./use-live.ts";
import { useNow } from "./use-now.ts";
import { useTheme } from "./use-theme.ts";
import { useTitle } from "./use-title.ts";
import { useValueHistogram } from "./use-value-histogram.ts";
import { ViewBar } from "./view-bar.tsx";
import type { VisiblePart } from "./visible-region.tsx";

const BACK_SECONDS = 5;

/** The live view. */
export function App() {
  const [state, live] = useLive();
  const { connection, images, chosen, shown, report, isPaused } = state;
  const [theme, toggleTheme] = useTheme();
  const now = useNow();
  const isAlarmRaised = connection === "open" && (report?.alarms.length ?? 0) > 0;
  const [hasSound, toggleSound] = useAlarmSound(isAlarmRaised);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const resetZoom = useRef(() => {});

  const [visible, setVisible] = useState<VisiblePart | null>(null);
  const [isRead, setRead] = useState(false);
  const { exact, isAwaited, whyNone, withExact } = useExactImage(shown, connection === "open");
  const tools = useTools(state.identity);
  const binning = wantedBinning(
    visible?.screenPixels ?? null,
    isPaused || isRead || isAwaited || tools.region !== null || tools.line !== null || tools.drawing !== null,
  );
  useEffect(() => live.setBinning(binning), [live, binning]);
  const appearance = useAppearance(shown, visible?.region ?? null);
  const { painting } = appearance;
  const histogram = useValueHistogram(shown, painting.scale);

  const rate = useMemo(() => new DisplayedRate(), []);
  const onDrawn = useCallback(() => {
    rate.add(seconds());
    live.drawn();
  }, [rate, live]);

  const displayedPerSecond = rate.perSecond(now);
  const isLive = !isPaused && state.playback?.isPaused !== true;
  const page = { ...state, shownSequence: shown?.header.sequence ?? null };
  const condition = conditionOf({
    connection,
    report,
    imageAgeSeconds: state.shownSinceSeconds === null ? null : now - state.shownSinceSeconds,
    isLive,
    isBehind: isBehind(page),
    quietSeconds: now - state.quietSinceSeconds,
  });
  const liveSeconds = isLive && connection === "open" ? now - state.liveSinceSeconds : 0;
  const slowPage = slowPageText({ ...page, displayedPerSecond, liveSeconds });
  const isBack = state.backSinceSeconds !== null && now - state.backSinceSeconds < BACK_SECONDS;

  const onSavePng = () =>
    withExact((image) => {
      const { orientation } = tools;
      void savePng(image, painting, { orientation, identity: state.identity });
    });
  const onSaveNpy = () => withExact(saveNpy);
  useTitle(state);
  useKeys((action) => {
    if (action === "pause") live.pause(!isPaused);
    else if (action === "step") live.step();
    else if (action === "resetZoom") resetZoom.current();
    else if (action === "nextScale") appearance.nextScale();
    else if (action === "autoscale") appearance.toggleAutoscale();
    else if (action === "savePng") onSavePng();
    else if (action === "saveNpy") onSaveNpy();
    else if (action === "theme") toggleTheme();
    else if (action === "help") setHelpOpen((isOpen) => !isOpen);
    else if (images.includes(action)) live.choose(action);
  });

  return (
    <>
      <header>
        <h1>JUNGFRAU 1M</h1>
        <StreamState connection={connection} report={report} />
        <p role="status" className="back" data-testid="back">
          {isBack && "The monitor is back."}
        </p>
        <ToggleBtn
          raised
          label="Alarm sound"
          title="A tone while an alarm is raised"
          value={hasSound}
          onToggle={toggleSound}
        />
        <Btn raised label={theme === "dark" ? "Light" : "Dark"} title="Colours (t)" onClick={toggleTheme} />
        <Btn raised label="Help" title="Keys (?)" onClick={() => setHelpOpen(true)} />
      </header>
      <AlarmBanner alarms={report?.alarms ?? []} />
      <main>
        <section className="view" aria-label="Image">
          <ViewBar
            images={images}
            chosen={chosen}
            isPaused={isPaused}
            whyNotSaved={whyNone}
            withExact={withExact}
            keeps={state.keeps}
            onChoose={live.choose}
            onPause={live.pause}
            onStep={live.step}
            onSavePng={onSavePng}
            onSaveNpy={onSaveNpy}
          />
          {state.playback && <PlaybackBar playback={state.playback} live={live} />}
          <ToolBar tools={tools} />
          {shown && (
            <ImageCaption
              header={shown.header}
              displayedPerSecond={displayedPerSecond}
              slowPage={slowPage}
              undrawn={undrawnText(appearance.autoscale.undrawn, painting.scale)}
              isPaused={isPaused && (exact !== null || connection !== "open")}
            />
          )}
          <ImageView
            image={shown}
            appearance={appearance}
            condition={condition}
            tools={tools}
            onVisible={setVisible}
            onRead={setRead}
            onDrawn={onDrawn}
            resetZoom={resetZoom}
          />
        </section>
        <SidePanels
          state={state}
          exact={exact}
          histogram={histogram}
          theme={theme}
          send={live.send}
          tools={tools}
        />
      </main>
      <Help isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </>
  );
}
