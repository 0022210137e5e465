/** The raster's picture as geometry: which stretch of stream time it shows, and where its lanes are. */
import type { AnsweredFrame } from "../../core/telemetry.ts";
import type { Surface } from "./dom.ts";
import type { Bands } from "./raster-bands.ts";
import type { Stretch } from "./raster-history.ts";
import type { Theme } from "./theme.ts";

/** The lane `in`: an eighth of a low panel, never more than this. */
const MOST_INPUT_HEIGHT = 40;
const OUTPUT_HEIGHT = 24;
const AXIS_HEIGHT = 18;
const LANE_GAP = 8;
/** Names take at most this share of the width. */
const MOST_FOR_NAMES = 0.25;
const LEAST_FOR_NAMES = 28;
const NAME_GAP = 8;

export type RasterView = {
  readonly stretches: readonly Stretch[];
  /** The stretch of stream time from edge to edge. */
  readonly fromUs: number;
  readonly toUs: number;
  readonly bands: Bands;
  /** The newest answer's band, or undefined when nobody spoke. */
  readonly winner: number | undefined;
  /** Input spikes a second that fill the lane `in`. */
  readonly fullInputRate: number;
  nameOf(frame: AnsweredFrame): string;
};

/** In CSS pixels. */
export type Lanes = {
  readonly left: number;
  readonly width: number;
  /** The lane `in` begins at the top. */
  readonly inputHeight: number;
  readonly rowsTop: number;
  readonly rowsHeight: number;
  readonly outputTop: number;
  readonly outputHeight: number;
  readonly axisTop: number;
};

export type Drawing = {
  readonly surface: Surface;
  readonly theme: Theme;
  readonly view: RasterView;
  readonly lanes: Lanes;
  xOf(us: number): number;
};

export const font = (theme: Theme, isBold = false): string => `${isBold ? "600 " : ""}12px ${theme.font}`;

/** How wide the names at the left want to be, within what is good for the rows. */
export function nameWidth(
  context: CanvasRenderingContext2D,
  theme: Theme,
  names: readonly string[],
  width: number,
) {
  context.font = font(theme, true);
  const widest = names.reduce((most, name) => Math.max(most, context.measureText(name).width), 0);
  return Math.round(Math.min(Math.max(widest + NAME_GAP, LEAST_FOR_NAMES), width * MOST_FOR_NAMES));
}

export function lanesOf(width: number, height: number, left: number): Lanes {
  const axisTop = height - AXIS_HEIGHT;
  const outputTop = axisTop - OUTPUT_HEIGHT;
  const inputHeight = Math.min(MOST_INPUT_HEIGHT, Math.round(height / 8));
  const rowsTop = inputHeight + LANE_GAP;
  return {
    left,
    width: width - left,
    inputHeight,
    rowsTop,
    rowsHeight: Math.max(0, outputTop - LANE_GAP - rowsTop),
    outputTop,
    outputHeight: OUTPUT_HEIGHT,
    axisTop,
  };
}

export function drawingOf(surface: Surface, theme: Theme, view: RasterView): Drawing {
  const left = nameWidth(surface.context, theme, view.bands.names, surface.width);
  const lanes = lanesOf(surface.width, surface.height, left);
  const perUs = lanes.width / (view.toUs - view.fromUs);
  return { surface, theme, view, lanes, xOf: (us) => left + (us - view.fromUs) * perUs };
}

/** Cut with an ellipsis to what fits; empty when not even that does. Sets no font. */
export function fitted(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  const letters = [...text];
  while (letters.length > 1) {
    letters.pop();
    const cut = `${letters.join("").trimEnd()}…`;
    if (context.measureText(cut).width <= width) return cut;
  }
  return "";
}
