import { useCallback, useEffect, useState } from "react";
import { remember, remembered } from "./memory.ts";

export type Theme = "light" | "dark";

const KEY = "theme";
const DARK = "(prefers-color-scheme: dark)";

/** The page's colours: the system's preference until a person switches them; then remembered. */
export function useTheme(): readonly [Theme, () => void] {
  const [chosen, setChosen] = useState<Theme | null>(() => {
    const theme = remembered(KEY);
    return theme === "light" || theme === "dark" ? theme : null;
  });
  const [isSystemDark, setSystemDark] = useState(() => matchMedia(DARK).matches);
  useEffect(() => {
    const query = matchMedia(DARK);
    const changed = () => setSystemDark(query.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);

  const theme = chosen ?? (isSystemDark ? "dark" : "light");
  // Before the children are drawn, because graphs read their colours from the style.
  document.documentElement.dataset.theme = theme;
  const toggle = useCallback(() => {
    const other = theme === "dark" ? "light" : "dark";
    setChosen(other);
    remember(KEY, other);
  }, [theme]);
  return [theme, toggle];
}
