import { Btn } from "@h5web/lib";
import { useEffect, useRef } from "react";
import { KEYS, type KeyAction } from "./display/keyboard.ts";

const WORDS: Readonly<Record<KeyAction, string>> = {
  pause: "pause and resume",
  step: "step to the newest image",
  resetZoom: "show the whole image",
  nextScale: "next scale",
  autoscale: "autoscale on or off",
  savePng: "save as PNG",
  saveNpy: "save as npy",
  theme: "light or dark",
  help: "this help",
  calibrated: "calibrated frame",
  raw: "raw frame",
  sum: "sum",
  maximum: "maximum",
};

const KEY_NAMES: Readonly<Record<string, string>> = { " ": "Space", ArrowRight: "→" };

const POINTER = [
  ["Wheel", "zoom"],
  ["Drag", "pan"],
  ["Ctrl and drag", "zoom to a rectangle"],
  ["Alt or Shift and wheel", "zoom columns or rows"],
];

interface HelpProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Help on keys and pointer. */
export function Help({ isOpen, onClose }: HelpProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  const rows = [
    ...KEYS.map(({ keys, action }) => [keys.map((key) => KEY_NAMES[key] ?? key).join(" or "), WORDS[action]]),
    ...POINTER,
  ];
  return (
    <dialog ref={dialog} aria-labelledby="help-title" onClose={onClose}>
      <h2 id="help-title">Keys and pointer</h2>
      <table>
        <tbody>
          {rows.map(([keys, words]) => (
            <tr key={keys}>
              <th scope="row">
                <kbd>{keys}</kbd>
              </th>
              <td>{words}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Btn raised label="Close" onClick={onClose} />
    </dialog>
  );
}
