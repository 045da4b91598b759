import type { ViewAlarm } from "../viewer/protocol.ts";

/** Alarms that are currently raised; screen readers announce new ones. */
export function AlarmBanner({ alarms }: { readonly alarms: readonly ViewAlarm[] }) {
  return (
    <ul className="alarms" role="alert">
      {alarms.map(({ name, message, sinceSeconds }) => (
        <li key={name} data-testid={`alarm-${name}`}>
          <strong>{`Alarm ${name}`}</strong> {`since ${timeOf(sinceSeconds)}: ${message}`}
        </li>
      ))}
    </ul>
  );
}

const timeOf = (seconds: number) => new Date(1000 * seconds).toLocaleTimeString("en-GB");
