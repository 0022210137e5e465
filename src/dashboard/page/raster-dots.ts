/**
 * The output spikes as points, written straight into pixels: thousands of them cost no more than a few.
 * A spike of the group that its frame's answer came from is mint, all others are grey.
 */

import type { Stretch } from "./raster-history.ts";
import type { Drawing, RasterView } from "./raster-view.ts";
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

/** More points than this would cover a panel; above it they are thinned evenly. */
const MOST_DOTS = 20_000;

/** Every so manieth of the spikes that came is drawn. */
export function thinningOf(view: RasterView): number {
  let spikes = 0;
  for (const { row } of view.stretches) spikes += row.length;
  return Math.max(1, Math.ceil(spikes / MOST_DOTS));
}

export function drawDots({ surface, theme, view, lanes }: Drawing): void {
  const { context } = surface;
  const ratio = context.canvas.width / surface.width;
  const [width, height] = [Math.round(lanes.width * ratio), Math.round(lanes.rowsHeight * ratio)];
  if (!prepare(width, height) || image === undefined) return;
  const size = Math.min(Math.max(1, Math.round(DOT * ratio)), width, height);
  const sheet = { width, height, size, mint: packed(theme.mint, 1), grey: packed(theme.ink, OTHERS_ALPHA) };
  const tops = topsOf(view, sheet);
  const step = thinningOf(view);
  for (const stretch of view.stretches) writeStretch(sheet, tops, stretch, view, step);
  paperContext?.putImageData(image, 0, 0);
  context.drawImage(paper, lanes.left, lanes.rowsTop, width / ratio, height / ratio);
}

/** The paper in device pixels, the side of a point, and its two colours. */
type Sheet = {
  readonly width: number;
  readonly height: number;
  readonly size: number;
  readonly mint: number;
  readonly grey: number;
};

/** Where the points of each row begin, as an index into the paper. */
const topsOf = ({ bands }: RasterView, { width, height, size }: Sheet) =>
  Int32Array.from(bands.placeOfRow, (place) => Math.min(Math.floor(place * height), height - size) * width);

function writeStretch(
  sheet: Sheet,
  tops: Int32Array,
  stretch: Stretch,
  view: RasterView,
  step: number,
): void {
  const { frames, offsetUs, row, fromUs } = stretch;
  const { bandOfRow, bandOfGroup } = view.bands;
  const perUs = sheet.width / (view.toUs - view.fromUs);
  const lastX = sheet.width - sheet.size;
  const shiftUs = fromUs - view.fromUs;
  const spanUs = view.toUs - view.fromUs;
  let next = 0;
  let frame = frames[next];
  // Spikes and frames are both in the order of time, so they are walked side by side.
  for (let i = 0; i < row.length; i += step) {
    const offset = offsetUs[i] ?? 0;
    const sinceUs = shiftUs + offset;
    if (sinceUs < 0 || sinceUs > spanUs) continue;
    while (frame !== undefined && fromUs + offset >= frame.endUs) frame = frames[++next];
    const group = frame === undefined || fromUs + offset < frame.startUs ? undefined : frame.group;
    const at = row[i] ?? 0;
    const isWinner = group !== undefined && bandOfGroup[group] === bandOfRow[at];
    const start = (tops[at] ?? 0) + Math.min(Math.floor(sinceUs * perUs), lastX);
    writeDot(sheet, start, isWinner ? sheet.mint : sheet.grey);
  }
}

/** A square of device pixels whose first one is at `start`. */
function writeDot({ width, size }: Sheet, start: number, colour: number): void {
  for (let line = 0; line < size; line++) {
    const left = start + line * width;
    for (let x = left; x < left + size; x++) words[x] = colour;
  }
}
