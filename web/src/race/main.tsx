// The pit wall. Preact draws texts a few times a second; circuit and traces are drawn by the animation loop.
import { useEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { duration } from "../lib/format";
import { everyFrame } from "../lib/frames";
import { Header } from "../lib/header";
import { mount, useKeys, useLook } from "../lib/page";
import { loadSettings } from "../lib/settings";
import "../styles/base.css";
import "../styles/race.css";
import { CHOSEN_MOST } from "./colours";
import { Instrument } from "./instrument";
import { RaceClock } from "./race_clock";
import { makeRaceSession } from "./race_session";
import { Chosen, RaceControl, RaceControls } from "./rail";
import { TraceTable } from "./trace_table";
import { RaceStore } from "./timing";
import { Tower } from "./tower";
import { Traces } from "./traces";
import { TrackView } from "./track_view";

const TEXT_EVERY_MS = 250;

function App() {
  const [picked, setPicked] = useState<number[] | null>(null);
  const [asTable, setAsTable] = useState(false);
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const store = useMemo(() => new RaceStore(), []);
  const session = useMemo(() => makeRaceSession(store, redraw as () => void), []);
  const clock = useMemo(() => new RaceClock(), []);
  const trackElement = useRef<HTMLDivElement>(null);
  const traceElement = useRef<HTMLDivElement>(null);
  const instrumentElement = useRef<HTMLDivElement>(null);
  const pictures = useRef<{ track: TrackView; traces: Traces; instrument: Instrument } | null>(null);
  const view = useRef({ selected: [] as number[], dark: true, settings: loadSettings() });

  const { settings, dark, change } = useLook(() => {
    for (const picture of Object.values(pictures.current ?? {})) picture.readInk();
  });

  // Until somebody chooses, the first two of the order when the page was opened.
  const selected = (picked ?? []).filter((number) => store.cars.has(number));
  view.current = { selected, dark, settings };
  if (picked === null && store.order.length > 1) setPicked(store.order.slice(0, 2).map((car) => car.number));

  const choose = (number: number, more: boolean): void =>
    setPicked((now) => {
      if (!more || now === null) return [number];
      return now.includes(number) ? now.filter((n) => n !== number) : [...now, number].slice(-CHOSEN_MOST);
    });

  useEffect(() => {
    pictures.current = {
      track: new TrackView(trackElement.current!, store),
      traces: new Traces(traceElement.current!, store),
      instrument: new Instrument(instrumentElement.current!, store),
    };
    void session.begin();
    const text = setInterval(() => {
      store.sort();
      (redraw as () => void)();
    }, TEXT_EVERY_MS);
    const frames = everyFrame(
      (now) => {
        const at_s = clock.shown(store, now);
        const { track, traces, instrument } = pictures.current!;
        const { selected, dark, settings } = view.current;
        track.draw(at_s, selected, dark);
        traces.draw(at_s, selected, dark, settings.units);
        instrument.draw(at_s, selected, dark);
      },
      () => view.current.settings.frames,
    );
    return () => {
      clearInterval(text);
      frames();
      session.end();
    };
  }, []);

  useKeys((key) => {
    const by = key === "n" ? 1 : key === "p" ? -1 : 0;
    const order = store.order.map((car) => car.number);
    if (by === 0 || order.length === 0) return;
    const at = order.indexOf(view.current.selected[0] ?? order[0]!);
    setPicked([order[(at + by + order.length) % order.length]!]);
  });

  const flag = store.notices.findLast((notice) => notice.flag !== "")?.flag ?? "";
  const leader = store.order[0];
  return (
    <>
      <Header page="Pit wall" badge={session.badge(performance.now())} settings={settings} change={change} draws>
        {leader !== undefined && (
          <p class="race-state">
            Lap {leader.last.lap} <span class="faint">· {duration(store.newest_s)}</span>
          </p>
        )}
        {flag !== "" && <p class={`flag ${flag.toLowerCase()}`}>{flag}</p>}
        {session.link === "reconnecting" && (
          <button type="button" class="quiet" onClick={() => session.retryNow()}>
            Try now
          </button>
        )}
      </Header>
      <main id="content" class="race" tabIndex={-1}>
        <Tower store={store} selected={selected} dark={dark} choose={choose} />
        <section class="track-part" aria-label="Circuit; the order beside it says the same in words">
          <div
            ref={trackElement}
            class="track"
            onClick={(event) => {
              const number = pictures.current!.track.pick(event.offsetX, event.offsetY, clock.now_s);
              if (number !== null) choose(number, event.shiftKey);
            }}
          />
          <p class="hint credit">{pictures.current?.track.credit}</p>
          {store.order.length === 0 && (
            <div class="map-note" role="status">
              {session.unreachable !== null ? (
                <>
                  <strong>Nothing comes from the server</strong>
                  <span>{session.unreachable}</span>
                </>
              ) : session.run === undefined ? (
                <strong>Asking for cars…</strong>
              ) : session.running ? (
                <strong>Waiting for the first samples…</strong>
              ) : (
                <>
                  <strong>No race yet</strong>
                  <span>Start it: five seconds on the grid, then the lights go out.</span>
                </>
              )}
            </div>
          )}
        </section>
        <section class="trace-part" aria-label="Speed, engine, throttle, brake and gear of the chosen cars">
          <button type="button" class="quiet as-table" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            Table
          </button>
          <div ref={traceElement} class={`traces ${asTable ? "away" : ""}`} />
          {asTable && <TraceTable store={store} selected={selected} settings={settings} at_s={clock.now_s} />}
        </section>
        <aside class="rail" aria-label="Race control and simulation">
          <section class="instrument" aria-label="Forces, pedals and engine; the table below says the same in numbers">
            <div ref={instrumentElement} class="dials" />
          </section>
          <Chosen store={store} selected={selected} settings={settings} dark={dark} />
          <RaceControls session={session} />
          <RaceControl store={store} />
          {session.skipped > 0 && <p class="hint">The server left out {session.skipped} samples: they came too fast.</p>}
        </aside>
      </main>
    </>
  );
}

mount(App);
