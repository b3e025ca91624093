// Top songs: the chart of a window that slides with the events, asked once a second; plays light up as they happen.
import { useEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { ApiError, getJson } from "../lib/api";
import { clock, count, duration } from "../lib/format";
import { Header } from "../lib/header";
import { mount, useLook } from "../lib/page";
import "../styles/base.css";
import "../styles/songs.css";
import { ChartList } from "./chart_list";
import { chartPath, countries, readChoice, WINDOWS, writeChoice, type ChartRow, type Choice } from "./charts";
import { PlayControls } from "./controls";
import { makePlaysSession } from "./plays_session";

const ASK_EVERY_MS = 1_000;
const WINDOW_WORDS: Record<Choice["window"], string> = { "1m": "1 minute", "5m": "5 minutes", "1h": "1 hour" };

function useChart(choice: Choice) {
  const [rows, setRows] = useState<ChartRow[] | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  useEffect(() => {
    let timer: number | undefined;
    let wanted = true;
    const ask = async (): Promise<void> => {
      try {
        const { items } = await getJson<{ items: ChartRow[] }>(chartPath(choice));
        if (!wanted) return;
        setRows(items);
        setFailed(null);
      } catch (error) {
        if (!wanted) return;
        setFailed((error as ApiError).message);
      }
      timer = window.setTimeout(() => void ask(), ASK_EVERY_MS);
    };
    void ask();
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [choice]);
  return { rows, failed };
}

function Filters(props: { choice: Choice; genres: readonly string[]; choose(choice: Choice): void }) {
  const { choice, choose } = props;
  const places = useMemo(countries, []);
  return (
    <div class="filters">
      <div role="group" aria-label="Window" class="windows">
        {WINDOWS.map((window) => (
          <button
            key={window}
            type="button"
            class="toggle"
            aria-pressed={choice.window === window}
            onClick={() => choose({ ...choice, window })}
          >
            {WINDOW_WORDS[window]}
          </button>
        ))}
      </div>
      <label>
        <span>Country</span>
        <select
          value={choice.country}
          onChange={(event) => choose({ ...choice, country: event.currentTarget.value, genre: "" })}
        >
          <option value="">everywhere</option>
          {places.map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Genre</span>
        <select value={choice.genre} onChange={(event) => choose({ ...choice, genre: event.currentTarget.value, country: "" })}>
          <option value="">all</option>
          {props.genres.map((genre) => (
            <option key={genre} value={genre}>
              {genre}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function App() {
  const { settings, change } = useLook();
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const session = useMemo(() => makePlaysSession(redraw as () => void), []);
  const [choice, setChoice] = useState(() => readChoice(location.search));
  const { rows, failed } = useChart(choice);
  const genres = useRef(new Set<string>());
  for (const row of rows ?? []) if (row.genre !== "") genres.current.add(row.genre);
  if (choice.genre !== "") genres.current.add(choice.genre);

  useEffect(() => {
    void session.begin();
    const text = setInterval(redraw as () => void, 250);
    return () => {
      clearInterval(text);
      session.end();
    };
  }, []);

  const choose = (next: Choice): void => {
    setChoice(next);
    history.replaceState(null, "", location.pathname + writeChoice(next));
  };
  const first = rows?.[0];
  return (
    <>
      <Header page="Songs" badge={session.badge(performance.now())} settings={settings} change={change} />
      <main id="content" class="songs" tabIndex={-1}>
        <section class="chart-part" aria-labelledby="chart-title">
          <header>
            <h2 id="chart-title">Top songs</h2>
            {first !== undefined && (
              <p class="hint">
                {clock(Date.parse(first.window_start) / 1000, settings.clock)} to{" "}
                {clock(Date.parse(first.window_end) / 1000, settings.clock)}
              </p>
            )}
            <Filters choice={choice} genres={[...genres.current].sort()} choose={choose} />
          </header>
          {failed !== null && (
            <p class="error" role="alert">
              {failed}
            </p>
          )}
          {rows !== null && rows.length > 0 ? (
            <ChartList rows={rows} playing={session.store.justNow(performance.now())} />
          ) : (
            <div class="nothing" role="status">
              {failed !== null || rows === null ? (
                <strong>Asking for the chart…</strong>
              ) : session.running ? (
                <>
                  <strong>Nothing was played here yet</strong>
                  <span>The chart fills with the first plays of this window.</span>
                </>
              ) : (
                <>
                  <strong>Nobody listens yet</strong>
                  <span>Start the simulation: the first songs appear within seconds.</span>
                </>
              )}
            </div>
          )}
        </section>
        <aside class="rail" aria-label="Simulation of listeners">
          <PlayControls session={session} />
          <section>
            <dl class="facts">
              <div>
                <dt>State</dt>
                <dd>{session.unreachable !== null ? "unknown" : session.run === null ? "none yet" : (session.run?.state ?? "…")}</dd>
              </div>
              <div>
                <dt>Uptime</dt>
                <dd>{session.run ? duration(session.run.uptime_s) : "–"}</dd>
              </div>
              <div>
                <dt>Plays</dt>
                <dd>{session.run ? count(session.run.sent) : "–"}</dd>
              </div>
              <div>
                <dt>Rate</dt>
                <dd>
                  {session.run ? session.run.rate.got.toFixed(1) : "–"}
                  <small>/s</small>
                </dd>
              </div>
            </dl>
          </section>
          <section class="legend-part">
            <h2>Movement</h2>
            <p class="hint">
              Against the window one slide earlier: <b class="moved up">▲</b> places won, <b class="moved down">▼</b> places lost,{" "}
              <b class="moved new">new</b> not played then. A bar at the left lights up when a song is being played.
            </p>
          </section>
        </aside>
      </main>
    </>
  );
}

mount(App);
