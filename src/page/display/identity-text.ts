import type { ImageHeader, MonitorIdentity } from "../../viewer/protocol.js";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `5 min`, `3 h`, `12 days`: an age. */
export function ageText(seconds: number): string {
  if (seconds < MINUTE) return "under 1 min";
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < 2 * DAY) return `${Math.floor(seconds / HOUR)} h`;
  return `${Math.floor(seconds / DAY)} days`;
}

/** `2026-11-27 14:10:07.250`, in the viewer's time zone. */
export function timeText(timestampSeconds: number): string {
  const time = new Date(timestampSeconds * 1000);
  if (Number.isNaN(time.getTime())) return "unknown";
  const two = (value: number) => String(value).padStart(2, "0");
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":");
  return `${date} ${clock}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}

export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

/** The page's title: time of the frame, machine, configuration, source, photon energy, age of the constants. */
export function pageTitle(
  identity: MonitorIdentity | null,
  header: Pick<ImageHeader, "timestampSeconds"> | null,
  nowSeconds: number | null,
): string {
  if (identity === null) return "JUNGFRAU live view";
  const { host, configuration, source, photonEnergyKeV, constants } = identity;
  const clock = header && timeText(header.timestampSeconds).slice(11, 19);
  const age = nowSeconds === null ? null : constantsAge(constants, nowSeconds);
  const parts = [
    clock,
    host,
    baseName(configuration),
    photonEnergyKeV === null ? null : `${photonEnergyKeV} keV`,
    age === null ? null : `constants ${age} old`,
    source,
  ];
  return `${parts.filter((part) => part !== null).join(" · ")} – JUNGFRAU`;
}

/** The age of the oldest file; null if none is known. */
function constantsAge(constants: MonitorIdentity["constants"], nowSeconds: number): string | null {
  const times = constants.flatMap(({ modifiedSeconds }) => modifiedSeconds ?? []);
  return times.length === 0 ? null : ageText(nowSeconds - Math.min(...times));
}
