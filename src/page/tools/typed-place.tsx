import { Btn } from "@h5web/lib";
import { type FormEvent, useEffect, useId, useState } from "react";

interface TypedPlaceProps {
  readonly label: string;
  /** What is there now; empty if nothing. */
  readonly text: string;
  readonly placeholder: string;
  /** What is said of a text that is none. */
  readonly fault: string;
  /** @returns whether the text was good */
  readonly onType: (text: string) => boolean;
  readonly onRemove: () => void;
}

/** A place on the image as text: for those who know it, and for the keyboard. */
export function TypedPlace({ label, text, placeholder, fault, onType, onRemove }: TypedPlaceProps) {
  const [typed, setTyped] = useState(text);
  const [isFaulty, setFaulty] = useState(false);
  const faultId = useId();
  useEffect(() => {
    setTyped(text);
    setFaulty(false);
  }, [text]);
  const accept = (event: FormEvent) => {
    event.preventDefault();
    setFaulty(typed.trim() !== "" && !onType(typed));
  };
  return (
    <form className="typed-place" onSubmit={accept}>
      <label>
        {label}{" "}
        <input
          value={typed}
          placeholder={placeholder}
          size={22}
          aria-invalid={isFaulty}
          aria-describedby={faultId}
          onChange={({ target }) => setTyped(target.value)}
          onBlur={accept}
        />
      </label>
      {text !== "" && <Btn label="Remove" onClick={onRemove} />}
      <span id={faultId} role="alert" className="bad">
        {isFaulty && fault}
      </span>
    </form>
  );
}
