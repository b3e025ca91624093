// The analysis: two laps over the distance, the gears on the circuit, places and tyres of the whole race, every lap's metrics.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { LapRow } from "../recorded/runs";
import { Header } from "../lib/header";
import { mount, useLook } from "../lib/page";
import "../styles/base.css";
import "../styles/recorded.css";
import "../styles/analysis.css";
import { gearColour, GearMap } from "./gear_map";
import { CornerTable, LapTable, readout } from "./lap_table";
import { bestTwo, deltaOf, partOf, readSelection, writeSelection, type LapChoice, type Selection } from "./laps";
import { Overlay } from "./overlay";
import { LapPicker, RunPicker } from "./pickers";
import { PositionChart, StintChart } from "./race_charts";
import { findLap, useRecorded, useTrace, type Asked } from "./use_laps";

const STEP_M = 10;

function useSelection(): [Selection, (part: Partial<Selection>) => void] {
  const [selection, setSelection] = useState(() => readSelection(location.search));
  useEffect(() => history.replaceState(null, "", location.pathname + writeSelection(selection)), [selection]);
  return [selection, (part) => setSelection((now) => ({ ...now, ...part }))];
}

function Gears({ dark }: { dark: boolean }) {
  return (
    <ul class="gears" aria-label="Colours of the gears">
      {[1, 2, 3, 4, 5, 6, 7, 8].map((gear) => (
        <li key={gear}>
          <svg width="18" height="6" aria-hidden="true">
            <rect width="18" height="6" fill={gearColour(gear, dark)} />
          </svg>
          {gear}
        </li>
      ))}
    </ul>
  );
}

/** What cannot be shown of the two laps, and why. */
function Missing(props: { asked: readonly Asked[]; laps: readonly (LapRow | null)[]; length_m: number; stored: boolean }) {
  const of = (i: number): string => `${props.laps[i]!.driver}, lap ${props.laps[i]!.lap}`;
  const inState = (state: Asked["state"]): string[] => props.asked.flatMap((one, i) => (one.state === state ? [of(i)] : []));
  const failed = props.asked.find(({ state }) => state === "failed");
  const [gone, asking] = [inState("gone"), inState("asking")];
  const parts = props.asked.flatMap(({ trace }, i) => {
    const isDone = props.laps[i]?.lap_time_s != null; // of one that goes on, the rest is still to come
    const kept = trace === null || !isDone ? null : partOf(trace, props.length_m);
    return kept === null ? [] : [`${of(i)} from ${kept.map((m) => (m / 1000).toFixed(1)).join(" to ")} km`];
  });
  if (failed !== undefined)
    return (
      <p class="missing error" role="alert">
        No samples of {inState("failed").join(" and ")}: {failed.why} The page asks again.
      </p>
    );
  if (asking.length > 0)
    return (
      <p class="missing hint" role="status">
        Asking for samples of {asking.join(" and ")}…
      </p>
    );
  if (gone.length === 0 && parts.length === 0) return null;
  return (
    <p class={`missing hint ${gone.length === 0 ? "below" : ""}`} role="status">
      {gone.length > 0 && <>No samples are kept of {gone.join(" and ")}. </>}
      {parts.length > 0 && <>Samples are kept of {parts.join(" and ")} only. </>}
      {!props.stored && (
        <>
          With <code>--db</code> the server keeps all of them.
        </>
      )}
    </p>
  );
}

function App() {
  const [selection, select] = useSelection();
  const pictures = useRef<{ overlay: Overlay; gears: GearMap } | null>(null);
  const [inks, setInks] = useState(0);
  const { settings, dark, change } = useLook(() => {
    pictures.current?.overlay.readInk();
    pictures.current?.gears.readInk();
    setInks((n) => n + 1);
  });
  const [cursor_m, setCursor] = useState<number | null>(null);
  const overlayElement = useRef<HTMLDivElement>(null);
  const gearElement = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState(0);

  const { runs, laps: all, oldest_ms, track, failed } = useRecorded(selection.run);
  const shownRun = runs?.find((run) => (selection.run === "live" ? run.live : run.run === selection.run));
  useEffect(() => {
    if (selection.run === null && runs !== null && runs.length > 0) select({ run: runs[0]!.run });
  }, [runs]);
  const sessions = [...new Set((all ?? []).map((lap) => lap.session))].sort((a, b) => a - b);
  const session = sessions.includes(selection.session ?? -1) ? selection.session : (sessions.at(-1) ?? null);
  const laps = useMemo(() => (all ?? []).filter((lap) => lap.session === session), [all, session]);
  const usual = useMemo(() => bestTwo(laps, oldest_ms), [laps, oldest_ms]);
  const first = findLap(laps, selection.first) === null ? usual[0] : selection.first;
  const second = findLap(laps, selection.second) === null ? usual[1] : selection.second;
  const lapRows = [findLap(laps, first), findLap(laps, second)];
  const asked = [useTrace(selection.run, session, lapRows[0]!), useTrace(selection.run, session, lapRows[1]!)];
  const traces = [asked[0]!.trace, asked[1]!.trace];
  const delta = useMemo(() => (traces[0] && traces[1] ? deltaOf(traces[0], traces[1]) : null), [traces[0], traces[1]]);
  const farthest_m = Math.max(0, ...traces.map((trace) => trace?.distance_m.at(-1) ?? 0));
  const length_m = farthest_m > 0 ? Math.max(farthest_m, 1) : (track?.length_m ?? 1);
  // Of a run on another circuit the corners of this one would be wrong.
  const corners = track !== null && (farthest_m === 0 || Math.abs(farthest_m - track.length_m) < 100) ? track.corners : [];
  const choose = (which: 0 | 1, lap: LapChoice): void =>
    select(which === 0 ? { first: lap, second, session } : { first, second: lap, session });

  useEffect(() => {
    pictures.current = { overlay: new Overlay(overlayElement.current!), gears: new GearMap(gearElement.current!) };
    const resized = new ResizeObserver(() => setSize((n) => n + 1));
    resized.observe(overlayElement.current!);
    resized.observe(gearElement.current!);
    return () => resized.disconnect();
  }, []);

  useEffect(() => {
    const { overlay, gears } = pictures.current!;
    overlay.draw({ traces, delta, corners, length_m, cursor_m, units: settings.units, dark });
    gears.draw(traces[0]!, corners, cursor_m, dark);
  }, [traces[0], traces[1], track, cursor_m, size, settings, dark, inks]);

  const move = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -STEP_M, ArrowRight: STEP_M, PageDown: -200, PageUp: 200 }[event.key];
    if (by === undefined && event.key !== "Home" && event.key !== "End") return;
    event.preventDefault();
    const at = event.key === "Home" ? 0 : event.key === "End" ? length_m : (cursor_m ?? 0) + by!;
    setCursor(Math.max(0, Math.min(length_m, at)));
  };
  const names = lapRows.map((lap, i) => (lap === null ? (i === 0 ? "A" : "B") : lap.driver));
  const chosenCars = [first?.car, second?.car].filter((car) => car !== undefined);
  const empty = runs !== null && runs.length === 0;
  return (
    <>
      <Header page="Analysis" settings={settings} change={change} />
      <main id="content" class="analysis" tabIndex={-1}>
        {failed !== null && (
          <p class="error" role="alert">
            {failed}
          </p>
        )}
        {empty ? (
          <div class="nothing" role="status">
            <strong>No race to analyse yet</strong>
            <span>
              Start one on the <a href="/">pit wall</a>. With <code>racesim serve --db</code> races stay when the server ends.
            </span>
          </div>
        ) : (
          <div class="pickers">
            <RunPicker runs={runs ?? []} run={shownRun?.run ?? selection.run} choose={(run) => select({ run, session: null, first: null, second: null })} />
            {sessions.length > 1 && (
              <label class="field">
                Session
                <select value={session ?? ""} onChange={(event) => select({ session: Number(event.currentTarget.value), first: null, second: null })}>
                  {sessions.map((one) => (
                    <option key={one} value={one}>
                      {one}
                    </option>
                  ))}
                </select>
              </label>
            )}
            <LapPicker which={0} laps={laps} choice={first} dark={dark} choose={(lap) => choose(0, lap)} />
            <LapPicker which={1} laps={laps} choice={second} dark={dark} choose={(lap) => choose(1, lap)} />
            <button type="button" onClick={() => select({ first: second, second: first, session })}>
              Exchange
            </button>
          </div>
        )}
        <section class={`overlay-part ${empty ? "away" : ""}`} aria-label="Both laps over the distance">
          <div
            ref={overlayElement}
            class="overlay"
            tabIndex={0}
            role="slider"
            aria-label="Place on the lap; arrow keys move it"
            aria-valuemin={0}
            aria-valuemax={Math.round(length_m)}
            aria-valuenow={Math.round(cursor_m ?? 0)}
            aria-valuetext={readout(asked, delta, cursor_m ?? 0, settings.units)}
            aria-busy={all === null || asked.some(({ state }) => state === "asking")}
            onPointerMove={(event) => setCursor(pictures.current!.overlay.distanceAt(event.offsetX, length_m))}
            onKeyDown={move}
          />
          <Missing asked={asked} laps={lapRows} length_m={length_m} stored={shownRun?.stored === true} />
          {laps.length === 0 && !empty && (
            <div class="map-note" role="status">
              {all === null ? (
                <strong>Asking for laps…</strong>
              ) : (
                <>
                  <strong>No lap is known yet</strong>
                  <span>
                    The first one ends a minute and a half after lights out. A stored race has them if its stream <code>laps</code> was
                    stored too.
                  </span>
                </>
              )}
            </div>
          )}
        </section>
        <section class={`gear-part ${empty ? "away" : ""}`} aria-labelledby="gear-title">
          <h2 id="gear-title">
            Gears <span class="hint">of lap A</span>
          </h2>
          <Gears dark={dark} />
          <div ref={gearElement} class="gear-map" />
          <p class="readout" aria-hidden="true">
            {cursor_m === null ? "Point at the traces, or move with the arrow keys." : readout(asked, delta, cursor_m, settings.units)}
          </p>
        </section>
        {laps.length > 0 && (
          <>
            <section class="corner-part" aria-labelledby="corner-title">
              <h2 id="corner-title">
                Corner by corner <span class="hint">slowest, {settings.units}; how far B is behind</span>
              </h2>
              <CornerTable corners={corners} traces={traces} delta={delta} names={names} units={settings.units} show={setCursor} />
            </section>
            <section class="position-part" aria-labelledby="position-title">
              <h2 id="position-title">Places by lap</h2>
              <div class="scroll" tabIndex={0} role="group" aria-labelledby="position-title">
                <PositionChart laps={laps} chosen={chosenCars} dark={dark} />
              </div>
            </section>
            <section class="stint-part" aria-labelledby="stint-title">
              <h2 id="stint-title">
                Tyres <span class="hint">laps on each set</span>
              </h2>
              <StintChart laps={laps} />
            </section>
            <section class="laps-part" aria-labelledby="laps-title">
              <h2 id="laps-title">Laps</h2>
              <LapTable laps={laps.filter((lap) => chosenCars.includes(lap.car))} chosen={[first, second]} units={settings.units} choose={choose} />
            </section>
          </>
        )}
      </main>
    </>
  );
}

mount(App);
