import { useCallback, useState } from "react";
import type { TextForm } from "./display/url-forms.ts";
import { remember, remembered } from "./memory.ts";
import { inUrl, putInUrl } from "./view-url.ts";

type State<T> = readonly [T, (value: T) => void];

/** A state in the page's address. Text in another format counts as missing. */
export function useUrlState<T>(key: string, form: TextForm<T>, initial: T): State<T> {
  return useTextState(key, form, initial, inUrl, putInUrl);
}

/** A state in the page's address that this browser also remembers for the next visit. */
export function useRememberedState<T>(key: string, form: TextForm<T>, initial: T): State<T> {
  return useTextState(key, form, initial, remembered, remember);
}

function useTextState<T>(
  key: string,
  form: TextForm<T>,
  initial: T,
  read: (key: string) => string | null,
  write: (key: string, text: string | null) => void,
): State<T> {
  const [value, setValue] = useState<T>(() => form.parse(read(key) ?? "") ?? initial);
  const change = useCallback(
    (changed: T) => {
      setValue(changed);
      write(key, changed === null || changed === undefined ? null : form.format(changed));
    },
    [key, form, write],
  );
  return [value, change];
}
