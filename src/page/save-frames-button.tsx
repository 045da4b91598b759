import { Btn } from "@h5web/lib";
import { useEffect, useState } from "react";
import { SAVE_FRAMES_PATH, type SavedFrames } from "../viewer/protocol.ts";
import { apiUrl } from "./api-url.ts";

/** How long the button shows the result. */
const ANSWER_MS = 5000;

interface Answer {
  readonly label: string;
  /** The complete message, if it is longer. */
  readonly title: string;
}

/** Makes the monitor write the raw frames that it keeps to its disk. */
export function SaveFramesButton({ keeps }: { readonly keeps: number }) {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [isSaving, setSaving] = useState(false);
  useEffect(() => {
    if (answer === null) return;
    const timer = setTimeout(() => setAnswer(null), ANSWER_MS);
    return () => clearTimeout(timer);
  }, [answer]);
  const save = async () => {
    setSaving(true);
    setAnswer(await saveFrames());
    setSaving(false);
  };
  const { label, title } = answer ?? {
    label: "Save frames",
    title: `Write the last ${keeps} raw frames to the monitor's disk`,
  };
  return <Btn raised label={label} title={title} disabled={isSaving} onClick={() => void save()} />;
}

async function saveFrames(): Promise<Answer> {
  try {
    const response = await fetch(apiUrl(SAVE_FRAMES_PATH), { method: "POST", cache: "no-store" });
    if (!response.ok) return { label: "Not saved", title: await response.text() };
    const { path, exposures } = (await response.json()) as SavedFrames;
    return { label: `Saved ${exposures}`, title: path };
  } catch {
    return { label: "Not saved", title: "The monitor is gone." };
  }
}
