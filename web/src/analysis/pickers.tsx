// Which run, which session, and which two laps are compared.
import { carColour } from "../race/colours";
import { lapTime } from "../race/tower";
import { runTitle, type LapRow, type RaceRun } from "../recorded/runs";
import { findLap } from "./use_laps";
import type { LapChoice } from "./laps";
import { driversOf } from "./race_charts";

export function RunPicker(props: { runs: readonly RaceRun[]; run: string | null; choose(run: string): void }) {
  return (
    <label class="field">
      Race
      <select value={props.run ?? ""} onChange={(event) => props.choose(event.currentTarget.value)}>
        {props.runs.map((run) => (
          <option key={run.run} value={run.run}>
            {runTitle(run)}
          </option>
        ))}
      </select>
    </label>
  );
}

export function LapPicker(props: {
  which: 0 | 1;
  laps: readonly LapRow[];
  choice: LapChoice | null;
  dark: boolean;
  choose(lap: LapChoice): void;
}) {
  const { choice, laps } = props;
  const name = props.which === 0 ? "A" : "B";
  const own = laps.filter((lap) => lap.car === choice?.car).sort((a, b) => a.lap - b.lap);
  const shown = findLap(laps, choice);
  const take = (car: number): void => {
    const of = laps.filter((lap) => lap.car === car);
    const best = of.reduce((a, b) => ((b.lap_time_s ?? Infinity) < (a.lap_time_s ?? Infinity) ? b : a), of[0]!);
    props.choose({ car, lap: best.lap });
  };
  return (
    <fieldset class="lap-picker">
      <legend>
        <svg width="10" height="10" aria-hidden="true">
          <rect width="10" height="10" rx="2" fill={carColour(props.which, props.dark)} />
        </svg>
        {name}
      </legend>
      <select
        aria-label={`Driver of lap ${name}`}
        value={choice?.car ?? ""}
        onChange={(event) => take(Number(event.currentTarget.value))}
      >
        {driversOf(laps).map(({ car, driver }) => (
          <option key={car} value={car}>
            {driver} {car}
          </option>
        ))}
      </select>
      <select
        aria-label={`Lap ${name}`}
        value={choice?.lap ?? ""}
        onChange={(event) => props.choose({ car: choice!.car, lap: Number(event.currentTarget.value) })}
      >
        {own.map((lap) => (
          <option key={lap.lap} value={lap.lap}>
            lap {lap.lap} · {lapTime(lap.lap_time_s)}
          </option>
        ))}
      </select>
      <output>{lapTime(shown?.lap_time_s ?? null)}</output>
    </fieldset>
  );
}
