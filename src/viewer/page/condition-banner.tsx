import type { Condition } from "../display/condition.ts";

/** Says over the image what is wrong, so that nobody takes an old image for a new one. */
export function ConditionBanner({ condition: { kind, title, detail } }: { readonly condition: Condition }) {
  return (
    // Always there: a screen reader tells what comes into an element that it knows.
    <div role="alert" data-testid="condition" data-kind={kind} className={`banner banner-${kind}`}>
      {kind !== "well" && (
        <>
          <strong>{title}</strong>
          {detail !== "" && <span>{detail}</span>}
        </>
      )}
    </div>
  );
}
