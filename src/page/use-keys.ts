import { useEffect, useRef } from "react";
import { type KeyAction, keyAction } from "./display/keyboard.ts";

/** Execute the page's keys, unless the focused element needs them. */
export function useKeys(act: (action: KeyAction) => void): void {
  const newest = useRef(act);
  newest.current = act;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const focus = event.target instanceof Element ? event.target : document.body;
      const action = keyAction(
        {
          key: event.key,
          hasModifier: event.ctrlKey || event.altKey || event.metaKey,
          isRepeated: event.repeat,
        },
        { tag: focus.tagName.toLowerCase(), role: focus.getAttribute("role") },
      );
      if (action === undefined) return;
      event.preventDefault();
      newest.current(action);
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}
