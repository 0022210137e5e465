/**
 * The output spikes as points, written straight into pixels: thousands of them cost no more than a few.
 * A spike of the group that its frame's answer came from is mint, all others are grey.
 */

import type { Stretch } from "./raster-history.ts";
import type { Drawing } from "./raster-view.ts";
import { rgbOf } from "./theme.ts";

const DOT = 2;
const OTHERS_ALPHA = 0.62;

const paper = document.createElement("canvas");
const paperContext = paper.getContext("2d");
let image: ImageData | undefined;
let words = new Uint32Array();

/** Clears the paper; false while there is none. */
function prepare(width: number, height: number): boolean {
  if (paperContext === null || width < 1 || height < 1) return false;
  if (image?.width !== width || image.height !== height) {
    paper.width = width;
    paper.height = height;
    image = new ImageData(width, height);
    words = new Uint32Array(image.data.buffer);
  } else {
    words.fill(0);
  }
  return true;
}

const packed = (hex: string, alpha: number) => {
  const [red, green, blue] = rgbOf(hex);
  return ((Math.round(255 * alpha) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
};

export function drawDots({ surface, theme, view, lanes }: Drawing): void {
  const { context } = surface;
  const ratio = context.canvas.width / surface.width;
  const [width, height] = [Math.round(lanes.width * ratio), Math.round(lanes.rowsHeight * ratio)];
  if (!prepare(width, height) || image === undefined) return;
  const dots = new Dots(width, height, Math.max(1, Math.round(DOT * ratio)));
  const colours = { winner: packed(theme.mint, 1), other: packed(theme.ink, OTHERS_ALPHA) };
  for (const stretch of view.stretches) writeStretch(dots, stretch, view, colours);
  paperContext?.putImageData(image, 0, 0);
  context.drawImage(paper, lanes.left, lanes.rowsTop, width / ratio, height / ratio);
}

type Colours = { readonly winner: number; readonly other: number };

function writeStretch(dots: Dots, stretch: Stretch, view: Drawing["view"], colours: Colours): void {
  const { frames, offsetUs, row, fromUs } = stretch;
  const { bandOfRow, placeOfRow, bandOfGroup } = view.bands;
  const perUs = dots.width / (view.toUs - view.fromUs);
  let frame = 0;
  // By index: spikes and frames are both in the order of time, so they are walked side by side.
  for (let i = 0; i < row.length; i++) {
    const atUs = fromUs + (offsetUs[i] ?? 0);
    if (atUs < view.fromUs || atUs > view.toUs) continue;
    while (frame < frames.length && atUs >= (frames[frame]?.endUs ?? 0)) frame++;
    const group =
      atUs >= (frames[frame]?.startUs ?? Number.POSITIVE_INFINITY) ? frames[frame]?.group : undefined;
    const at = row[i] ?? 0;
    const isWinner = group !== undefined && bandOfGroup[group] === bandOfRow[at];
    const x = Math.floor((atUs - view.fromUs) * perUs);
    dots.write(x, Math.floor((placeOfRow[at] ?? 0) * dots.height), isWinner ? colours.winner : colours.other);
  }
}

/** Writes squares of `size` device pixels, moved inward where they would stick out. */
class Dots {
  readonly width: number;
  readonly height: number;
  readonly #size: number;

  constructor(width: number, height: number, size: number) {
    this.width = width;
    this.height = height;
    this.#size = Math.min(size, width, height);
  }

  write(x: number, y: number, colour: number): void {
    const left = Math.min(Math.max(x, 0), this.width - this.#size);
    const top = Math.min(Math.max(y, 0), this.height - this.#size);
    for (let line = top; line < top + this.#size; line++) {
      const start = line * this.width + left;
      words.fill(colour, start, start + this.#size);
    }
  }
}
