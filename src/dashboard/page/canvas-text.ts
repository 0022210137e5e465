/** Words on canvases, in the page's type. */
import type { Surface } from "./dom.ts";
import type { Theme } from "./theme.ts";

export type TextStyle = {
  readonly colour: string;
  readonly align?: CanvasTextAlign;
  readonly bold?: boolean;
};

/** Writes on the middle line `y` and returns the width in CSS pixels. */
export function write(
  { context }: Surface,
  theme: Theme,
  text: string,
  x: number,
  y: number,
  style: TextStyle,
): number {
  context.font = `${style.bold ? "600 " : ""}12px ${theme.font}`;
  context.textAlign = style.align ?? "left";
  context.textBaseline = "middle";
  context.fillStyle = style.colour;
  context.fillText(text, x, y);
  return context.measureText(text).width;
}

/** The first of the texts that fits, or nothing. */
export function fitting({ context }: Surface, theme: Theme, texts: readonly string[], room: number): string {
  context.font = `12px ${theme.font}`;
  return texts.find((text) => context.measureText(text).width <= room) ?? "";
}
