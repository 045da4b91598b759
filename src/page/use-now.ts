import { useEffect, useState } from "react";
import { seconds } from "./seconds.ts";

/** The time, updated twice per second. */
export function useNow(): number {
  const [now, setNow] = useState(seconds);
  useEffect(() => {
    const timer = setInterval(() => setNow(seconds()), 500);
    return () => clearInterval(timer);
  }, []);
  return now;
}
