import { Btn } from "@h5web/lib";
import { useEffect, useState } from "react";
import type { ViewImage } from "../viewer/protocol.ts";
import { saveHdf5 } from "./save.ts";

/** How long the button shows that nothing was saved. */
const FAULT_MS = 5000;

interface SaveHdf5ButtonProps {
  /** Why no image can be saved; null if one can. */
  readonly whyNot: string | null;
  /** Calls its argument with the shown image in full resolution. */
  readonly withExact: (use: (image: ViewImage) => void) => void;
}

/** Saves the shown image as HDF5. */
export function SaveHdf5Button({ whyNot, withExact }: SaveHdf5ButtonProps) {
  const [fault, setFault] = useState<string | null>(null);
  const [isSaving, setSaving] = useState(false);
  useEffect(() => {
    if (fault === null) return;
    const timer = setTimeout(() => setFault(null), FAULT_MS);
    return () => clearTimeout(timer);
  }, [fault]);
  const save = async (image: ViewImage) => {
    setSaving(true);
    setFault((await saveHdf5(image)) ?? null);
    setSaving(false);
  };
  return (
    <Btn
      raised
      label={fault === null ? "Save HDF5" : "Not saved"}
      title={fault ?? whyNot ?? "NeXus, for h5py and H5Web"}
      disabled={whyNot !== null || isSaving}
      onClick={() => withExact((image) => void save(image))}
    />
  );
}
