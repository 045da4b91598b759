import { type FormEvent, useState } from "react";
import type { ViewImage } from "../viewer/protocol.ts";
import { type PixelPlace, parsePlace } from "./display/pixel-reading.ts";
import { Readout } from "./readout.tsx";

interface PixelBarProps {
  readonly image: ViewImage;
  readonly pointed: PixelPlace | null;
  readonly pinned: PixelPlace | null;
  readonly onPin: (place: PixelPlace | null) => void;
}

/** The pixel under the pointer, and a pinned one that was typed. */
export function PixelBar({ image, pointed, pinned, onPin }: PixelBarProps) {
  const [text, setText] = useState(pinned === null ? "" : `${pinned.row}, ${pinned.column}`);
  const [fault, setFault] = useState(false);
  const [rows, columns] = image.header.shape;
  const pin = (event: FormEvent) => {
    event.preventDefault();
    const place = parsePlace(text, image.header.shape);
    setFault(place === undefined && text.trim() !== "");
    onPin(place ?? null);
  };
  return (
    <div className="pixel-bar">
      <Readout image={image} place={pointed} testId="readout">
        Point at a pixel to read it.
      </Readout>
      <form onSubmit={pin}>
        <label>
          Pixel{" "}
          <input
            value={text}
            placeholder="row, column"
            size={11}
            aria-invalid={fault}
            aria-describedby="pin-fault"
            onChange={({ target }) => setText(target.value)}
            onBlur={pin}
          />
        </label>
        <span id="pin-fault" role="alert" className="bad">
          {fault && `Type row, column: 0 to ${rows - 1}, 0 to ${columns - 1}.`}
        </span>
        <Readout image={image} place={pinned} testId="pinned-readout">
          {""}
        </Readout>
      </form>
    </div>
  );
}
