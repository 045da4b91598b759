import { useMemo, useState } from "react";
import type { MonitorIdentity } from "../../viewer/protocol.ts";
import type { Line } from "../display/line-profile.ts";
import { type Orientation, UPRIGHT } from "../display/orientation.ts";
import type { Region } from "../display/region.ts";
import { FLAG, LINE, ORIENTATION, REGION } from "../display/url-forms.ts";
import { useRememberedState, useUrlState } from "../use-url-state.ts";
import { type ExperimentSettings, useExperiment } from "./use-experiment.ts";

/** The shape that the mouse draws next. */
export type Drawing = "region" | "line";

/** The tools of this page and their controls. Everything except {@link drawing} is in the page's address. */
export interface Tools extends ExperimentSettings {
  readonly drawing: Drawing | null;
  readonly region: Region | null;
  readonly line: Line | null;
  readonly orientation: Orientation;
  readonly hasRings: boolean;
  setDrawing(drawing: Drawing | null): void;
  setRegion(region: Region | null): void;
  setLine(line: Line | null): void;
  setOrientation(orientation: Orientation): void;
  setRings(hasRings: boolean): void;
}

export function useTools(identity: MonitorIdentity | null): Tools {
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  const [region, setRegion] = useUrlState<Region | null>("region", REGION, null);
  const [line, setLine] = useUrlState<Line | null>("line", LINE, null);
  const [orientation, setOrientation] = useRememberedState("orientation", ORIENTATION, UPRIGHT);
  const [hasRings, setRings] = useUrlState("rings", FLAG, false);
  const experiment = useExperiment(identity);
  const setters = useMemo(
    () => ({ setDrawing, setRegion, setLine, setOrientation, setRings }),
    [setRegion, setLine, setOrientation, setRings],
  );
  return useMemo(
    () => ({ drawing, region, line, orientation, hasRings, ...experiment, ...setters }),
    [drawing, region, line, orientation, hasRings, experiment, setters],
  );
}
