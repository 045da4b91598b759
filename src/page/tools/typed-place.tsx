import { Btn } from "@h5web/lib";
import { type FormEvent, useEffect, useId, useState } from "react";

interface TypedPlaceProps {
  readonly label: string;
  /** The current text; may be empty. */
  readonly text: string;
  readonly placeholder: string;
  /** Message for an invalid text. */
  readonly fault: string;
  /** @returns whether the text was valid */
  readonly onType: (text: string) => boolean;
  readonly onRemove: () => void;
}

/** A position on the image as text, for people who know it, and for the keyboard. */
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
