import { type FormEvent, useId, useState } from "react";
import { NUMBER } from "../display/url-forms.ts";
import type { ExperimentNumbers } from "./use-experiment.ts";
import type { Tools } from "./use-tools.ts";

const FIELDS: readonly (readonly [keyof ExperimentNumbers, label: string])[] = [
  ["distanceMm", "Distance (mm)"],
  ["photonEnergyKeV", "Photon energy (keV)"],
  ["beamRow", "Beam centre, row"],
  ["beamColumn", "Beam centre, column"],
];

/** The numbers for resolution rings: configured or typed. */
export function RingsPanel({ tools }: { readonly tools: Tools }) {
  return (
    <section className="panel" aria-labelledby="rings">
      <h2 id="rings">Resolution rings</h2>
      <div className="fields">
        {FIELDS.map(([name, label]) => (
          <NumberField
            key={name}
            label={label}
            typed={tools.typed[name]}
            configured={tools.configured[name]}
            mustBePositive={name === "distanceMm" || name === "photonEnergyKeV"}
            onType={(value) => tools.setTyped(name, value)}
          />
        ))}
      </div>
      {tools.experiment === null && <p className="note">Enter the missing values to show the rings.</p>}
    </section>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly typed: number | null;
  readonly configured: number | null;
  readonly mustBePositive: boolean;
  readonly onType: (value: number | null) => void;
}

function NumberField({ label, typed, configured, mustBePositive, onType }: NumberFieldProps) {
  const [text, setText] = useState(typed === null ? "" : String(typed));
  const [isFaulty, setFaulty] = useState(false);
  const faultId = useId();
  const accept = (event: FormEvent) => {
    event.preventDefault();
    const value = NUMBER.parse(text) ?? null;
    const isGood = text.trim() === "" || (value !== null && (value > 0 || !mustBePositive));
    setFaulty(!isGood);
    if (isGood) onType(value);
  };
  return (
    <form onSubmit={accept}>
      <label>
        {label}{" "}
        <input
          value={text}
          placeholder={configured === null ? "unknown" : String(configured)}
          size={9}
          inputMode="decimal"
          aria-invalid={isFaulty}
          aria-describedby={faultId}
          onChange={({ target }) => setText(target.value)}
          onBlur={accept}
        />
      </label>
      <span id={faultId} role="alert" className="bad">
        {isFaulty && (mustBePositive ? "Type a number above 0." : "Type a number.")}
      </span>
    </form>
  );
}
