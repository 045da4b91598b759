import { resolve } from "node:path";
import type { DescribedColumn, DescribedTable, DescribedValue } from "../../api/index.js";
import {
  type ConstantsStage,
  constantsReader,
  USUAL_MISSING_SHARE,
  USUAL_NOISE,
  USUAL_PEDESTALS,
} from "../../constants/index.js";
import {
  BAD_DARK_REASONS,
  type BadDarkReason,
  type DarkMaps,
  type Darks,
  maskBit,
} from "../../darks/index.js";
import { type DetectorLayout, MODULE_PIXELS, type ModulePlace } from "../../detector.js";
import { tableLines } from "../check/page-table.js";

/** If a pixel's pedestal moved by more than this many of its standard deviations, its darks have changed. */
const CHANGED_SIGMAS = 3;

/** The output of `--json`. */
export interface DarkReport {
  readonly files: readonly string[];
  /** From the header; null if missing. */
  readonly exposure_time: number | null;
  /** Number of module frames that were not counted. */
  readonly refused: Readonly<Record<string, number>>;
  readonly modules: readonly ModuleStageReport[];
}

interface ModuleStageReport {
  readonly module: number;
  readonly stage: ConstantsStage;
  readonly frames: number;
  /** Of good pixels, in ADU; null if there are none. */
  readonly mean: number | null;
  readonly rms: number | null;
  readonly bad_pixels: number;
  readonly bad_pixels_by_reason: Readonly<Record<BadDarkReason, number>>;
  /**
   * Comparison with older darks, for pixels that are good in both: mean shift in ADU, and number of pixels that moved
   * by more than three times their rms.
   */
  readonly shift?: number | null;
  readonly changed_pixels?: number;
}

/** Older pedestals, ADC values in ADU, by module and stage. */
export type OldPedestals = ReadonlyMap<string, ArrayLike<number>>;

/**
 * Read older darks to compare with.
 *
 * @throws {CalibrationError} every file's faults
 */
export async function readOldPedestals(
  paths: readonly string[],
  layout: DetectorLayout,
): Promise<OldPedestals | undefined> {
  if (paths.length === 0) return undefined;
  const old = new Map<string, ArrayLike<number>>();
  const dark = paths.map((path) => ({ path: resolve(path), where: `--compare ${path}` }));
  const ignore = () => undefined;
  await constantsReader(layout)(
    { dark, gain: [], mask: [] },
    {
      setPedestals: (module, stage, map) => old.set(`${module} ${stage}`, Float32Array.from(map)),
      setGains: ignore,
      addMask: ignore,
    },
    { info: ignore, warn: ignore },
  );
  return old;
}

export function darkReport(
  darks: Darks,
  files: readonly string[],
  layout: DetectorLayout,
  old: OldPedestals | undefined,
): DarkReport {
  return {
    files,
    exposure_time: darks.exposureTime ?? null,
    refused: darks.refused,
    modules: layout.places.flatMap((place) =>
      darks.stages.map((maps) =>
        moduleReport(
          place,
          maps,
          darks.mask,
          old?.get(`${place.moduleIndex} ${maps.stage}`),
          old !== undefined,
        ),
      ),
    ),
  };
}

function moduleReport(
  { moduleIndex: module, firstPixel: start }: ModulePlace,
  { stage, frames, mean, rms }: DarkMaps,
  mask: Uint32Array,
  old: ArrayLike<number> | undefined,
  isCompared: boolean,
): ModuleStageReport {
  const reasons = Object.fromEntries(BAD_DARK_REASONS.map((reason) => [reason, 0])) as Record<
    BadDarkReason,
    number
  >;
  const bits = BAD_DARK_REASONS.map((reason) => maskBit(reason, stage));
  const any = bits.reduce((sum, bit) => sum + bit, 0);
  let [bad, sumMean, sumRms, sumShift, compared, changed] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < MODULE_PIXELS; i++) {
    const marks = mask[start + i] as number;
    if ((marks & any) !== 0) {
      bad++;
      for (const [index, bit] of bits.entries()) {
        const reason = BAD_DARK_REASONS[index] as BadDarkReason;
        if ((marks & bit) !== 0) reasons[reason]++;
      }
      continue;
    }
    sumMean += mean[start + i] as number;
    sumRms += rms[start + i] as number;
    const shift = (mean[start + i] as number) - (old?.[i] ?? Number.NaN);
    if (Number.isNaN(shift)) continue;
    compared++;
    sumShift += shift;
    if (Math.abs(shift) > CHANGED_SIGMAS * (rms[start + i] as number)) changed++;
  }
  const good = MODULE_PIXELS - bad;
  return {
    module,
    stage,
    frames,
    mean: good === 0 ? null : sumMean / good,
    rms: good === 0 ? null : sumRms / good,
    bad_pixels: bad,
    bad_pixels_by_reason: reasons,
    ...(isCompared && { shift: compared === 0 ? null : sumShift / compared, changed_pixels: changed }),
  };
}

const COLUMNS: readonly DescribedColumn[] = [
  { name: "module", title: "module" },
  { name: "stage", title: "stage" },
  { name: "frames", title: "frames" },
  { name: "mean", title: "mean", unit: "ADU" },
  { name: "rms", title: "rms", unit: "ADU" },
  { name: "bad", title: "bad pixels" },
  { name: "share", title: "share", unit: "%" },
];
const COMPARED: readonly DescribedColumn[] = [
  { name: "shift", title: "shift", unit: "ADU" },
  { name: "changed", title: "changed", unit: "pixels" },
];

/** A report as lines of text. */
export function darkPage({ files, modules, refused, exposure_time: exposureTime }: DarkReport): string {
  const isCompared = modules.some(({ shift }) => shift !== undefined);
  const table: DescribedTable = {
    name: "darks",
    title: "darks",
    columns: [...COLUMNS, ...(isCompared ? COMPARED : [])],
    rows: modules.map(row),
  };
  const reasons = BAD_DARK_REASONS.map((reason) => {
    const count = modules.reduce((sum, { bad_pixels_by_reason: by }) => sum + by[reason], 0);
    return { reason, count };
  }).filter(({ count }) => count > 0);
  const left = Object.entries(refused).filter(([, count]) => count > 0);
  const lines = [
    "DARKS OF EACH MODULE AND GAIN STAGE",
    ...tableLines(table),
    "",
    `Bad pixels by reason, of all stages: ${reasons.map(({ reason, count }) => `${reason} ${count}`).join(", ") || "none"}.`,
    `Module frames not counted: ${left.map(([reason, count]) => `${reason} ${count}`).join(", ") || "none"}.`,
    ...(exposureTime === null ? [] : [`Exposure time, from the header: ${exposureTime}.`]),
    ...files.map((file) => `Written: ${file}`),
  ];
  return `${lines.join("\n")}\n`;
}

function row(report: ModuleStageReport): Readonly<Record<string, DescribedValue>> {
  const { module, stage, frames, mean, rms, bad_pixels: bad, shift, changed_pixels: changed } = report;
  const usualRms = USUAL_NOISE[stage];
  const share = { value: (100 * bad) / MODULE_PIXELS, usual: { min: 0, max: 100 * USUAL_MISSING_SHARE } };
  return {
    module: { value: module },
    stage: { value: stage.toUpperCase() },
    frames: { value: frames },
    mean: { value: mean, usual: USUAL_PEDESTALS[stage] },
    rms: usualRms === undefined ? { value: rms } : { value: rms, usual: usualRms },
    bad: { value: bad },
    share,
    ...(shift === undefined ? {} : { shift: { value: shift }, changed: { value: changed ?? 0 } }),
  };
}
