import { Btn, ToggleBtn, ToggleGroup } from "@h5web/lib";
import { IMAGE_NAMES, type ImageName, type ViewImage } from "../viewer/protocol.ts";
import { SaveFramesButton } from "./save-frames-button.tsx";
import { SaveHdf5Button } from "./save-hdf5-button.tsx";

const LABELS: Readonly<Record<ImageName, string>> = {
  calibrated: "Calibrated",
  raw: "Raw",
  sum: "Sum",
  maximum: "Maximum",
};

interface ViewBarProps {
  readonly images: readonly ImageName[];
  readonly chosen: ImageName | null;
  readonly isPaused: boolean;
  /** Why no image can be saved; null if one can. */
  readonly whyNotSaved: string | null;
  /** Calls its argument with the shown image in full resolution. */
  readonly withExact: (use: (image: ViewImage) => void) => void;
  /** Number of raw frames that the monitor keeps; null if it keeps none. */
  readonly keeps: number | null;
  readonly onChoose: (image: ImageName) => void;
  readonly onPause: (isPaused: boolean) => void;
  readonly onStep: () => void;
  readonly onSavePng: () => void;
  readonly onSaveNpy: () => void;
}

/** Selection of the image, pause, and buttons to save it. */
export function ViewBar(props: ViewBarProps) {
  const { images, chosen, isPaused, whyNotSaved, withExact, keeps } = props;
  const { onChoose, onPause, onStep, onSavePng, onSaveNpy } = props;
  return (
    // A mouse click does not move the focus, so that space still pauses.
    <div
      className="view-bar"
      role="toolbar"
      aria-label="Image"
      onMouseDown={(event) => event.preventDefault()}
    >
      {chosen !== null && (
        <ToggleGroup
          role="radiogroup"
          ariaLabel="Image"
          value={chosen}
          onChange={(value) => {
            const image = IMAGE_NAMES.find((name) => name === value);
            if (image !== undefined) onChoose(image);
          }}
        >
          {images.map((image) => (
            <ToggleGroup.Btn key={image} label={LABELS[image]} value={image} hint={hintOf(image)} />
          ))}
        </ToggleGroup>
      )}
      <ToggleBtn raised label="Pause" title="Space" value={isPaused} onToggle={() => onPause(!isPaused)} />
      <Btn raised label="Step" title=". or →" onClick={onStep} />
      <Btn
        raised
        label="Save PNG"
        title={whyNotSaved ?? "s"}
        disabled={whyNotSaved !== null}
        onClick={onSavePng}
      />
      <Btn
        raised
        label="Save npy"
        title={whyNotSaved ?? "n"}
        disabled={whyNotSaved !== null}
        onClick={onSaveNpy}
      />
      <SaveHdf5Button whyNot={whyNotSaved} withExact={withExact} />
      {keeps !== null && <SaveFramesButton keeps={keeps} />}
    </div>
  );
}

const hintOf = (image: ImageName) => `Key ${IMAGE_NAMES.indexOf(image) + 1}`;
