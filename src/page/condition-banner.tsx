import type { Condition, ConditionKind } from "./display/condition.ts";

/**
 * Announcements for screen readers on changes; without the seconds, which would be announced all the time.
 */
const ANNOUNCEMENTS: Readonly<Record<ConditionKind, string>> = {
  connecting: "",
  gone: "The monitor is gone.",
  refused: "The monitor requires another token: open the address that its log shows.",
  noFrame: "No frame yet.",
  quiet: "No new frames arrive.",
  well: "",
};

/** Reports a problem over the image, so that nobody takes an old image for a new one. */
export function ConditionBanner({ condition: { kind, title, detail } }: { readonly condition: Condition }) {
  return (
    <>
      <p role="alert" className="only-spoken">
        {ANNOUNCEMENTS[kind]}
      </p>
      <div data-testid="condition" data-kind={kind} className={`banner banner-${kind}`}>
        {kind !== "well" && (
          <>
            <strong>{title}</strong> {detail !== "" && <span>{detail}</span>}
          </>
        )}
      </div>
    </>
  );
}
