// The fleet's page. Preact draws what changes a few times a second; map and chart are drawn by the animation loop.
import { useEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { everyFrame } from "../lib/frames";
import { Header } from "../lib/header";
import { mount, useKeys, useLook } from "../lib/page";
import { loadSettings, type Settings } from "../lib/settings";
import "../styles/base.css";
import "../styles/leaflet.css";
import "../styles/fleet.css";
import { SpeedChart } from "./chart";
import { Controls } from "./controls";
import { FleetMap } from "./fleet_map";
import { HEAT_STOPS } from "./heat_layer";
import { Instrument } from "./instrument";
import { ramp, STEPS_KMH } from "./ramp";
import { makeFleetSession } from "./fleet_session";
import { ChartTable, VehicleTable, ViolationTable } from "./tables";
import { speed } from "../lib/format";

const TEXT_EVERY_MS = 250;

function Legend({ settings, dark }: { settings: Settings; dark: boolean }) {
  return (
    <ul class="legend" aria-label={`Colours of the trail, in ${settings.units}`}>
      {ramp(settings.safeColours, dark).map((colour, i) => (
        <li key={i}>
          <svg width="26" height="6" aria-hidden="true">
            <rect width="26" height="6" fill={colour} />
          </svg>
          {Math.round(speed(STEPS_KMH[i]!, settings.units))}
          {i === STEPS_KMH.length - 1 ? "+" : ""}
        </li>
      ))}
      <li class="unit">{settings.units}</li>
      {settings.heatmap && (
        <li class="heat">
          <svg width="86" height="6" aria-hidden="true">
            <defs>
              <linearGradient id="heat">
                {HEAT_STOPS.map(([at, r, g, b]) => (
                  <stop key={at} offset={at} stop-color={`rgb(${r} ${g} ${b})`} />
                ))}
              </linearGradient>
            </defs>
            <rect width="86" height="6" fill="url(#heat)" />
          </svg>
          heat: fast, often
        </li>
      )}
    </ul>
  );
}

function Toggle(props: { on: boolean; label: string; hotkey?: string; flip(): void }) {
  return (
    <button type="button" class="toggle" aria-pressed={props.on} aria-keyshortcuts={props.hotkey} onClick={props.flip}>
      {props.label}
    </button>
  );
}

const KEYS: [string, string][] = [
  ["t", "trail on or off"],
  ["h", "heatmap on or off"],
  ["f", "follow the chosen vehicle"],
  ["a", "show all vehicles"],
  ["n / p", "next or previous vehicle"],
  ["?", "this list"],
];

function App() {
  const [selected, setSelected] = useState<string | null>(null);
  const [follow, setFollow] = useState(false);
  const [asTable, setAsTable] = useState(false);
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const session = useMemo(() => makeFleetSession(redraw as () => void), []);
  const { store } = session;
  const mapElement = useRef<HTMLDivElement>(null);
  const chartElement = useRef<HTMLDivElement>(null);
  const keys = useRef<HTMLDialogElement>(null);
  const map = useRef<FleetMap | null>(null);
  const chart = useRef<SpeedChart | null>(null);
  const chosenId = selected !== null && store.vehicles.has(selected) ? selected : (store.ids[0] ?? null);
  const chosen = useRef<string | null>(null);
  chosen.current = chosenId;

  const { settings, dark, change } = useLook((now) => {
    map.current?.readInk();
    chart.current?.restyle(now);
  });
  const frames = useRef(settings.frames);
  frames.current = settings.frames;
  const choices = {
    trail: settings.trail,
    heatmap: settings.heatmap,
    safeColours: settings.safeColours,
    selected: chosenId,
    follow,
  };

  useEffect(() => {
    map.current = new FleetMap(mapElement.current!, store, choices, {
      select: setSelected,
      dragged: () => setFollow(false),
    });
    chart.current = new SpeedChart(chartElement.current!, loadSettings());
    void session.begin();
    const text = setInterval(redraw as () => void, TEXT_EVERY_MS);
    const stop = everyFrame(
      (now) => {
        map.current!.frame(now);
        chart.current!.show(chosen.current === null ? undefined : store.vehicles.get(chosen.current));
      },
      () => frames.current,
    );
    return () => {
      clearInterval(text);
      stop();
      session.end();
    };
  }, []);

  useEffect(() => map.current!.choose(choices), [settings, chosenId, follow]);

  const step = (by: number): void => {
    const { ids } = store;
    const at = ids.indexOf(chosen.current ?? "");
    if (ids.length > 0) setSelected(ids[(at + by + ids.length) % ids.length]!);
  };
  useKeys((key) => {
    if (key === "t") change({ trail: !settings.trail });
    else if (key === "h") change({ heatmap: !settings.heatmap });
    else if (key === "f") setFollow((now) => !now);
    else if (key === "a") map.current!.fit();
    else if (key === "n") step(1);
    else if (key === "p") step(-1);
    else if (key === "?") keys.current!.showModal();
  });

  const vehicle = chosenId === null ? undefined : store.vehicles.get(chosenId);
  return (
    <>
      <Header page="Fleet" badge={session.badge(performance.now())} settings={settings} change={change} draws>
        {session.link === "reconnecting" && (
          <button type="button" class="quiet" onClick={() => session.retryNow()}>
            Try now
          </button>
        )}
      </Header>
      <main id="content" class="fleet" tabIndex={-1}>
        <section class="map-part" aria-label="Map">
          <div class="map-tools" role="toolbar" aria-label="What the map shows">
            <Toggle on={settings.trail} label="Trail" hotkey="t" flip={() => change({ trail: !settings.trail })} />
            <Toggle on={settings.heatmap} label="Heatmap" hotkey="h" flip={() => change({ heatmap: !settings.heatmap })} />
            <Toggle on={follow} label="Follow" hotkey="f" flip={() => setFollow(!follow)} />
            <button type="button" class="toggle" aria-keyshortcuts="a" onClick={() => map.current!.fit()}>
              Show all
            </button>
            <Toggle
              on={settings.safeColours}
              label="Colour-blind colours"
              flip={() => change({ safeColours: !settings.safeColours })}
            />
            <button type="button" class="toggle" aria-label="Keys" aria-keyshortcuts="?" onClick={() => keys.current!.showModal()}>
              ?
            </button>
          </div>
          <div
            ref={mapElement}
            class="map"
            role="application"
            aria-label="Map of the vehicles; arrow keys move it, plus and minus zoom. The table of vehicles says the same in words."
          />
          <Legend settings={settings} dark={dark} />
          {store.vehicles.size === 0 && (
            <div class="map-note" role="status">
              {session.unreachable !== null ? (
                <>
                  <strong>Nothing comes from the server</strong>
                  <span>{session.unreachable}</span>
                </>
              ) : session.run === undefined ? (
                <strong>Asking for vehicles…</strong>
              ) : session.running ? (
                <strong>Waiting for the first packets…</strong>
              ) : (
                <>
                  <strong>No vehicle has driven yet</strong>
                  <span>Start the simulation: the first packets arrive within a second.</span>
                </>
              )}
            </div>
          )}
        </section>
        <section class="chart-part" aria-label="Speed and engine speed">
          <div class="chart-head">
            <h2>
              <svg width="18" height="4" aria-hidden="true">
                <rect class="key-speed" width="18" height="4" />
              </svg>
              Speed, {settings.units}
            </h2>
            <h2>
              <svg width="18" height="4" aria-hidden="true">
                <path class="key-rpm" d="M0 2h18" />
              </svg>
              Engine, rpm
            </h2>
            <span class="hint wide">{vehicle?.id}</span>
            <Toggle on={asTable} label="Table" flip={() => setAsTable(!asTable)} />
          </div>
          <div ref={chartElement} class={`chart ${asTable ? "away" : ""}`} aria-hidden="true" />
          {asTable && <ChartTable store={store} selected={chosenId} settings={settings} />}
        </section>
        <aside class="rail" aria-label="Instruments">
          <Instrument vehicle={vehicle} settings={settings} />
          <Controls session={session} />
          <VehicleTable store={store} settings={settings} selected={chosenId} select={setSelected} />
          <ViolationTable store={store} settings={settings} select={setSelected} />
          {session.skipped > 0 && <p class="hint">The server left out {session.skipped} packets: they came too fast.</p>}
        </aside>
      </main>
      <dialog ref={keys} aria-labelledby="keys-title">
        <h2 id="keys-title">Keys</h2>
        <dl>
          {KEYS.map(([key, what]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <form method="dialog">
          <button type="submit">Close</button>
        </form>
      </dialog>
    </>
  );
}

mount(App);
