// The bar on top of every page: name, badge, and what holds for all pages.
import type { ComponentChildren } from "preact";
import type { Settings, Theme } from "./settings";
import { SignIn } from "./sign_in";

const NEXT_THEME: Record<Theme, Theme> = { auto: "dark", dark: "light", light: "auto" };

const PAGES = [
  ["/", "Pit wall"],
  ["/replay", "Replay"],
  ["/analysis", "Analysis"],
  ["/dashboard", "Fleet"],
  ["/songs", "Songs"],
  ["/pipeline", "Pipeline"],
  ["/api", "API"],
] as const;

export interface Badge {
  kind: "good" | "busy" | "warn" | "bad" | "idle";
  text: string;
  hint: string;
}

/** On a narrow screen the names of pages scroll sideways. */
function intoView(link: HTMLAnchorElement | null): void {
  link?.parentElement?.scrollTo({ left: link.offsetLeft - 120 });
}

export function Header(props: {
  page: string;
  badge?: Badge;
  settings: Settings;
  change(part: Partial<Settings>): void;
  draws?: boolean; // the page has an animation loop
  children?: ComponentChildren;
}) {
  const { settings, change } = props;
  return (
    <header class="bar">
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <p class="brand">
        <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
          <path d="M3 23c6 0 6-14 13-14s7 14 13 14" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round" />
        </svg>
        racesim
      </p>
      <h1 class="sr">{props.page}</h1>
      <nav aria-label="Pages">
        {PAGES.map(([path, name]) => (
          <a key={path} href={path} aria-current={name === props.page ? "page" : undefined} ref={name === props.page ? intoView : null}>
            {name}
          </a>
        ))}
      </nav>
      {props.badge !== undefined && (
        <p class={`badge ${props.badge.kind}`} role="status" title={props.badge.hint} data-state={props.badge.text}>
          <span class="dot" aria-hidden="true" />
          {props.badge.text}
        </p>
      )}
      {props.children}
      <div class="bar-end">
        <button type="button" class="quiet" onClick={() => change({ units: settings.units === "mph" ? "km/h" : "mph" })}>
          <span class="sr">Units: </span>
          {settings.units}
        </button>
        <button type="button" class="quiet" onClick={() => change({ clock: settings.clock === "UTC" ? "local" : "UTC" })}>
          <span class="sr">Times: </span>
          {settings.clock}
        </button>
        {props.draws === true && (
          <button type="button" class="quiet" onClick={() => change({ frames: settings.frames === 30 ? 60 : 30 })}>
            <span class="sr">Frames a second: </span>
            {settings.frames} fps
          </button>
        )}
        <button type="button" class="quiet" onClick={() => change({ theme: NEXT_THEME[settings.theme] })}>
          <span class="sr">Theme: </span>
          {settings.theme}
        </button>
      </div>
      <SignIn />
    </header>
  );
}
