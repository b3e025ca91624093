// The replay: a recorded race on the pit wall's tower, circuit and traces, with a scrubber.
import { useEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { duration } from "../lib/format";
import { everyFrame } from "../lib/frames";
import { Header } from "../lib/header";
import { mount, useKeys, useLook } from "../lib/page";
import { loadSettings } from "../lib/settings";
import { RunPicker } from "../analysis/pickers";
import { CHOSEN_MOST } from "../race/colours";
import { Chosen, RaceControl } from "../race/rail";
import { Instrument } from "../race/instrument";
import { Tower } from "../race/tower";
import { TraceTable } from "../race/trace_table";
import { Traces } from "../race/traces";
import { TrackView } from "../race/track_view";
import "../styles/base.css";
import "../styles/race.css";
import "../styles/recorded.css";
import "../styles/replay.css";
import { COARSE, FINE } from "./recording";
import { ReplayStore } from "./replay_store";
import { Scrubber } from "./scrubber";
import { Timeline } from "./timeline";
import { useRecording, type Recorded } from "./use_recording";

const TEXT_EVERY_MS = 250;
const COARSE_FROM_SPEED = 8;

/** Keeps the pieces around the moment in the store. */
class Loader {
  private key = "";
  private loading = false;
  failed: string | null = null;

  constructor(
    private readonly store: ReplayStore,
    private readonly timeline: Timeline,
  ) {}

  async look(recorded: Recorded): Promise<void> {
    const grain = this.timeline.speed >= COARSE_FROM_SPEED ? COARSE : FINE;
    const number = Math.floor(this.timeline.at_s / grain.piece_s);
    // A piece beyond which nothing was known is read again when the recording has grown.
    const edge = (number + 2) * grain.piece_s > recorded.end_s ? recorded.end_s : 0;
    const key = `${recorded.recording.run}/${grain.every}/${number}/${edge}`;
    if (key === this.key || this.loading) return;
    this.loading = true;
    try {
      const numbers = [number - 1, number, number + 1].filter((n) => n >= 0 && n * grain.piece_s < recorded.end_s + grain.piece_s);
      const pieces = await Promise.all(numbers.map((n) => recorded.recording.piece(grain, n)));
      this.store.load(pieces);
      this.key = key;
      this.failed = null;
    } catch (error) {
      this.failed = (error as Error).message;
    }
    this.loading = false;
  }
}

function readPlace(): { run: string | null; at_s: number } {
  const query = new URLSearchParams(location.search);
  const at_s = Number(query.get("t"));
  return { run: query.get("run"), at_s: Number.isFinite(at_s) && at_s > 0 ? at_s : 0 };
}

function App() {
  const place = useMemo(readPlace, []);
  const [wanted, setWanted] = useState(place.run);
  const { runs, run, recorded, failed } = useRecording(wanted);
  const store = useMemo(() => new ReplayStore(), []);
  const timeline = useMemo(() => new Timeline(), []);
  const loader = useMemo(() => new Loader(store, timeline), []);
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const [picked, setPicked] = useState<number[] | null>(null);
  const [asTable, setAsTable] = useState(false);
  const trackElement = useRef<HTMLDivElement>(null);
  const traceElement = useRef<HTMLDivElement>(null);
  const instrumentElement = useRef<HTMLDivElement>(null);
  const pictures = useRef<{ track: TrackView; traces: Traces; instrument: Instrument } | null>(null);
  const { settings, dark, change } = useLook(() => {
    for (const picture of Object.values(pictures.current ?? {})) picture.readInk();
  });
  const selected = (picked ?? []).filter((number) => store.cars.has(number));
  const view = useRef({ selected: [] as number[], dark: true, settings: loadSettings(), recorded: null as Recorded | null });
  view.current = { selected, dark, settings, recorded };
  if (picked === null && store.order.length > 1) setPicked(store.order.slice(0, 2).map((car) => car.number));

  useEffect(() => {
    if (recorded === null) return;
    store.laps = recorded.laps;
    store.said = recorded.notices;
    store.begin_ms = recorded.begin_ms;
    timeline.end_s = recorded.end_s;
  }, [recorded]);
  useEffect(() => {
    if (recorded === null) return;
    const linked = recorded.recording.run === place.run && place.at_s > 0;
    timeline.seek(linked ? place.at_s : 0);
    timeline.playing = !linked;
  }, [recorded?.recording]);

  useEffect(() => {
    pictures.current = {
      track: new TrackView(trackElement.current!, store),
      traces: new Traces(traceElement.current!, store),
      instrument: new Instrument(instrumentElement.current!, store),
    };
    const text = setInterval(() => {
      const { recorded } = view.current;
      if (recorded !== null) void loader.look(recorded);
      store.showAt(timeline.at_s);
      (redraw as () => void)();
    }, TEXT_EVERY_MS);
    const frames = everyFrame(
      (now) => {
        const at_s = timeline.advance(now, store.covers(timeline.at_s));
        const { selected, dark, settings } = view.current;
        const { track, traces, instrument } = pictures.current!;
        track.draw(at_s, selected, dark);
        traces.draw(at_s, selected, dark, settings.units);
        instrument.draw(at_s, selected, dark);
      },
      () => view.current.settings.frames,
    );
    return () => {
      clearInterval(text);
      frames();
    };
  }, []);

  const seek = (at_s: number): void => {
    timeline.seek(at_s);
    const query = new URLSearchParams({ run: run?.run ?? "", t: String(Math.round(timeline.at_s)) });
    history.replaceState(null, "", `${location.pathname}?${query}`);
    store.showAt(timeline.at_s);
    (redraw as () => void)();
  };
  const choose = (number: number, more: boolean): void =>
    setPicked((now) => {
      if (!more || now === null) return [number];
      return now.includes(number) ? now.filter((n) => n !== number) : [...now, number].slice(-CHOSEN_MOST);
    });
  useKeys((key, event) => {
    const onButton = event.target instanceof HTMLButtonElement;
    const onRange = event.target instanceof HTMLInputElement;
    if (key === " " && !onButton) {
      event.preventDefault();
      timeline.toggle();
    } else if (key === "ArrowLeft" && !onRange) seek(timeline.at_s - (event.shiftKey ? 10 : 1));
    else if (key === "ArrowRight" && !onRange) seek(timeline.at_s + (event.shiftKey ? 10 : 1));
    else if (key === ",") seek(timeline.at_s - 0.2);
    else if (key === ".") seek(timeline.at_s + 0.2);
    else if (key === "+") timeline.changeSpeed(1);
    else if (key === "-") timeline.changeSpeed(-1);
    else return;
    (redraw as () => void)();
  });

  const trouble = failed ?? loader.failed;
  const leader = store.order[0];
  const flag = store.notices.findLast((notice) => notice.flag !== "")?.flag ?? "";
  return (
    <>
      <Header page="Replay" settings={settings} change={change} draws>
        {leader !== undefined && (
          <p class="race-state">
            Lap {leader.last.lap} <span class="faint">· {duration(timeline.at_s)}</span>
          </p>
        )}
        {flag !== "" && <p class={`flag ${flag.toLowerCase()}`}>{flag}</p>}
      </Header>
      <main id="content" class="race replay" tabIndex={-1}>
        <Tower store={store} selected={selected} dark={dark} choose={choose} />
        <section class="track-part" aria-label="Circuit; the order beside it says the same in words">
          <div
            ref={trackElement}
            class="track"
            onClick={(event) => {
              const number = pictures.current!.track.pick(event.offsetX, event.offsetY, timeline.at_s);
              if (number !== null) choose(number, event.shiftKey);
            }}
          />
          <p class="hint credit">{pictures.current?.track.credit}</p>
          {store.order.length === 0 && (
            <div class="map-note" role="status">
              {trouble !== null ? (
                <>
                  <strong>The recording cannot be read</strong>
                  <span>{trouble}</span>
                </>
              ) : runs !== null && runs.length === 0 ? (
                <>
                  <strong>No race is recorded yet</strong>
                  <span>
                    Start one on the <a href="/">pit wall</a>. With <code>racesim serve --db</code> races stay when the server ends.
                  </span>
                </>
              ) : recorded !== null && store.covers(timeline.at_s) ? (
                <>
                  <strong>Nothing is kept of this moment</strong>
                  <span>
                    Without <code>--db</code> the server keeps the last 16 MiB of a run's events only.
                  </span>
                </>
              ) : (
                <strong>Reading the recording…</strong>
              )}
            </div>
          )}
        </section>
        <section class="trace-part" aria-label="Speed, engine, throttle, brake and gear of the chosen cars">
          <button type="button" class="quiet as-table" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            Table
          </button>
          <div ref={traceElement} class={`traces ${asTable ? "away" : ""}`} />
          {asTable && <TraceTable store={store} selected={selected} settings={settings} at_s={timeline.at_s} />}
        </section>
        <aside class="rail" aria-label="Recording and race control">
          {runs !== null && runs.length > 0 && (
            <section class="recordings">
              <RunPicker runs={runs} run={run?.run ?? null} choose={setWanted} />
            </section>
          )}
          <section class="instrument" aria-label="Forces, pedals and engine; the table below says the same in numbers">
            <div ref={instrumentElement} class="dials" />
          </section>
          <Chosen store={store} selected={selected} settings={settings} dark={dark} />
          <RaceControl store={store} />
        </aside>
        <Scrubber
          timeline={timeline}
          recorded={recorded}
          waiting={recorded !== null && !store.covers(timeline.at_s)}
          seek={seek}
          changed={redraw as () => void}
        />
      </main>
    </>
  );
}

mount(App);
