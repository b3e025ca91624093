// A canvas that fills its element and is sharp on every display.
export class Canvas {
  readonly canvas = document.createElement("canvas");
  readonly to: CanvasRenderingContext2D;
  width = 0;
  height = 0;

  constructor(private readonly element: HTMLElement) {
    this.canvas.setAttribute("aria-hidden", "true");
    element.append(this.canvas);
    this.to = this.canvas.getContext("2d")!;
  }

  /** Empty, in CSS pixels. */
  begin(): CanvasRenderingContext2D {
    const { canvas, element, to } = this;
    this.width = element.clientWidth;
    this.height = element.clientHeight;
    const ratio = Math.min(2, devicePixelRatio);
    const [wide, tall] = [Math.round(this.width * ratio), Math.round(this.height * ratio)];
    if (canvas.width !== wide || canvas.height !== tall) {
      canvas.width = wide;
      canvas.height = tall;
    }
    to.setTransform(ratio, 0, 0, ratio, 0, 0);
    to.clearRect(0, 0, this.width, this.height);
    return to;
  }
}

/** Colours by the names that base.css has for them, without the two dashes. */
export function inkOf<Name extends string>(...names: Name[]): Record<Name, string> {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Record<Name, string>;
}
