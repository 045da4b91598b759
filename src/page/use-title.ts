import { useEffect } from "react";
import { pageTitle } from "./display/identity-text.ts";
import type { PageState } from "./display/page-state.ts";

/** Says in the window's title which monitor this is, and when the shown frame was taken. */
export function useTitle({ identity, shown, report }: PageState): void {
  const title = pageTitle(identity, shown?.header ?? null, report?.sample.time ?? null);
  useEffect(() => {
    document.title = title;
  }, [title]);
}
