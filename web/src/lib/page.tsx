// What all pages do alike: settings that are kept, the theme and when it changes, and the one way in.
import { render, type ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { keepSettings, loadSettings, type Settings } from "./settings";

export interface Look {
  settings: Settings;
  dark: boolean;
  change(part: Partial<Settings>): void;
}

/** `restyled` is called once at the start and whenever colours, units or clock are other ones: canvases read them anew. */
export function useLook(restyled?: (settings: Settings) => void): Look {
  const [settings, setSettings] = useState(loadSettings);
  const [dark, setDark] = useState(true);
  useEffect(() => {
    keepSettings(settings);
    const restyle = (): void => {
      setDark(isDark());
      restyled?.(settings);
    };
    restyle();
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", restyle);
    return () => system.removeEventListener("change", restyle);
  }, [settings]);
  return { settings, dark, change: (part) => setSettings((now) => ({ ...now, ...part })) };
}

export function isDark(): boolean {
  return getComputedStyle(document.documentElement).colorScheme.trim() === "dark";
}

/** Keys that are pressed outside of fields, without Ctrl, Meta and Alt. */
export function useKeys(press: (key: string, event: KeyboardEvent) => void): void {
  const latest = useRef(press);
  latest.current = press;
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      const { target } = event;
      const typing =
        (target instanceof HTMLInputElement && target.type !== "range") ||
        target instanceof HTMLTextAreaElement ||
        target instanceof HTMLSelectElement;
      if (!event.ctrlKey && !event.metaKey && !event.altKey && !typing) latest.current(event.key, event);
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
}

export function mount(App: ComponentType): void {
  keepSettings(loadSettings());
  const root = document.getElementById("app")!;
  root.textContent = "";
  render(<App />, root);
}
