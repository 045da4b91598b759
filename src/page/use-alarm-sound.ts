import { useCallback, useEffect, useRef } from "react";
import { playTone, TONE_INTERVAL_SECONDS } from "./display/alarm-sound.ts";
import { FLAG } from "./display/url-forms.ts";
import { useRememberedState } from "./use-url-state.ts";

/** A tone while an alarm is raised, if it is switched on. */
export function useAlarmSound(isRaised: boolean): readonly [isOn: boolean, toggle: () => void] {
  const [isOn, setOn] = useRememberedState("alarm-sound", FLAG, false);
  const context = useRef<AudioContext | null>(null);
  const play = useCallback(() => {
    context.current ??= new AudioContext();
    void context.current.resume(); // browsers allow sound only after the first click or key on a page
    playTone(context.current);
  }, []);
  useEffect(() => {
    if (!isRaised || !isOn) return;
    play();
    const timer = setInterval(play, 1000 * TONE_INTERVAL_SECONDS);
    return () => clearInterval(timer);
  }, [isRaised, isOn, play]);
  const toggle = useCallback(() => {
    setOn(!isOn);
    if (!isOn) play(); // a sample of the sound
  }, [isOn, setOn, play]);
  return [isOn, toggle];
}
