// The pit wall. Preact draws texts a few times a second; circuit and traces are drawn by the animation loop.
import { render } from "preact";
import { useEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { duration } from "../lib/format";
import { everyFrame } from "../lib/frames";
import { Header } from "../lib/header";
import { keepSettings, loadSettings, type Settings } from "../lib/settings";
import "../styles/base.css";
import "../styles/race.css";
import { CHOSEN_MOST } from "./colours";
import { RaceClock } from "./race_clock";
import { makeRaceSession } from "./race_session";
import { Chosen, RaceControl, RaceControls } from "./rail";
import { RaceStore } from "./timing";
import { Tower } from "./tower";
import { Traces } from "./traces";
import { TrackView } from "./track_view";

const TEXT_EVERY_MS = 250;

function App() {
  const [settings, setSettings] = useState(loadSettings);
  const [picked, setPicked] = useState<number[] | null>(null);
  const [dark, setDark] = useState(true);
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const store = useMemo(() => new RaceStore(), []);
  const session = useMemo(() => makeRaceSession(store, redraw as () => void), []);
  const clock = useMemo(() => new RaceClock(), []);
  const trackElement = useRef<HTMLDivElement>(null);
  const traceElement = useRef<HTMLDivElement>(null);
  const track = useRef<TrackView | null>(null);
  const traces = useRef<Traces | null>(null);
  const look = useRef({ selected: [] as number[], dark: true });

  // Until somebody chooses, the first two of the order when the page was opened.
  const selected = (picked ?? []).filter((number) => store.cars.has(number));
  look.current = { selected, dark };
  if (picked === null && store.order.length > 1) setPicked(store.order.slice(0, 2).map((car) => car.number));

  const change = (part: Partial<Settings>): void => setSettings((now) => ({ ...now, ...part }));
  const choose = (number: number, more: boolean): void =>
    setPicked((now) => {
      if (!more || now === null) return [number];
      return now.includes(number) ? now.filter((n) => n !== number) : [...now, number].slice(-CHOSEN_MOST);
    });

  useEffect(() => {
    track.current = new TrackView(trackElement.current!, store);
    traces.current = new Traces(traceElement.current!, store);
    void session.begin();
    const text = setInterval(() => {
      store.sort();
      (redraw as () => void)();
    }, TEXT_EVERY_MS);
    const frames = everyFrame((now) => {
      const at_s = clock.shown(store, now);
      track.current!.draw(at_s, look.current.selected, look.current.dark);
      traces.current!.draw(at_s, look.current.selected, look.current.dark);
    });
    return () => {
      clearInterval(text);
      frames();
      session.end();
    };
  }, []);

  useEffect(() => {
    keepSettings(settings);
    const restyle = (): void => {
      setDark(getComputedStyle(document.documentElement).colorScheme.trim() === "dark");
      track.current!.readInk();
      traces.current!.readInk();
    };
    restyle();
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", restyle);
    return () => system.removeEventListener("change", restyle);
  }, [settings.theme]);

  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
      const by = event.key === "n" ? 1 : event.key === "p" ? -1 : 0;
      const order = store.order.map((car) => car.number);
      if (by === 0 || order.length === 0) return;
      const at = order.indexOf(look.current.selected[0] ?? order[0]!);
      setPicked([order[(at + by + order.length) % order.length]!]);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);

  const flag = store.notices.findLast((notice) => notice.flag !== "")?.flag ?? "";
  const leader = store.order[0];
  return (
    <>
      <Header page="Pit wall" badge={session.badge(performance.now())} settings={settings} change={change}>
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
              const number = track.current!.pick(event.offsetX, event.offsetY, clock.now_s);
              if (number !== null) choose(number, event.shiftKey);
            }}
          />
          <p class="hint credit">{track.current?.credit}</p>
          {store.order.length === 0 && (
            <div class="map-note" role="status">
              {session.unreachable !== null ? (
                <>
                  <strong>The server does not answer</strong>
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
        <section class="trace-part" aria-label="Speed, throttle, brake and gear of the chosen cars">
          <div ref={traceElement} class="traces" />
        </section>
        <aside class="rail" aria-label="Race control and simulation">
          <Chosen store={store} selected={selected} settings={settings} dark={dark} />
          <RaceControls session={session} />
          <RaceControl store={store} />
          {session.skipped > 0 && <p class="hint">The server left out {session.skipped} samples: they came too fast.</p>}
        </aside>
      </main>
    </>
  );
}

keepSettings(loadSettings());
document.getElementById("app")!.textContent = "";
render(<App />, document.getElementById("app")!);
