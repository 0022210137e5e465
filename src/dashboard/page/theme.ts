/** The style sheet's colours, as canvases need them. Read again when the scheme or the state changes. */

const NAMES = [
  "surface",
  "well",
  "raised",
  "line",
  "edge",
  "ink",
  "ink2",
  "ink3",
  "mint",
  "mint-wash",
  "on",
  "off",
  "knob",
] as const;
export type Theme = Readonly<Record<(typeof NAMES)[number], string>> & { readonly font: string };

const normaliser = document.createElement("canvas").getContext("2d");

/** Style sheets are written and minified in many forms; a canvas gives opaque colours back as #rrggbb. */
function normalised(colour: string): string {
  if (normaliser === null) return colour;
  normaliser.fillStyle = colour;
  return String(normaliser.fillStyle);
}

/** The colours as they hold inside `element`. */
export function readTheme(element: Element): Theme {
  const style = getComputedStyle(element);
  const entries = NAMES.map(
    (name) => [name, normalised(style.getPropertyValue(`--${name}`).trim())] as const,
  );
  return {
    ...(Object.fromEntries(entries) as Record<(typeof NAMES)[number], string>),
    font: style.fontFamily,
  };
}

/** "#f4b04a" → [244, 176, 74]; only for opaque colours of a theme. */
export function rgbOf(hex: string): readonly [number, number, number] {
  const value = Number.parseInt(hex.slice(1, 7), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
