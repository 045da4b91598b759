import { useEffect } from "react";
import { pageTitle } from "./display/identity-text.ts";
import type { PageState } from "./display/page-state.ts";

/** Shows the monitor and the time of the shown frame in the window's title. */
export function useTitle({ identity, shown, report }: PageState): void {
  const title = pageTitle(identity, shown?.header ?? null, report?.sample.time ?? null);
  useEffect(() => {
    document.title = title;
  }, [title]);
}
