/**
 * Mean receptive fields, drawn on one canvas below the tiles: ON amber and OFF blue mixed per pixel, or mint where
 * a field is both together. Each weight is a whole number of device pixels where that does not waste the tile.
 */
import type { Learned } from "../../core/telemetry.ts";
import { rgbOf, type Theme } from "./theme.ts";

/** A field may fall short of its tile by a tenth for the sake of even pixels. */
const LEAST_FILL = 0.9;
const CORNER = 4;

type Rgb = readonly [number, number, number];
type Fields = Pick<Learned, "fields" | "planes" | "width" | "height">;

/**
 * A colour between two by their shares, 0..1, over a ground that shows through what both leave. The larger share
 * decides the hue more than in proportion, so that a front and the back behind it stay apart where they overlap.
 */
export function mixed(ground: Rgb, first: Rgb, firstShare: number, second: Rgb, secondShare: number): Rgb {
  const cover = 1 - (1 - firstShare) * (1 - secondShare);
  const hue = cover === 0 ? 0 : secondShare ** 2 / (firstShare ** 2 + secondShare ** 2);
  const part = (i: 0 | 1 | 2) => {
    const colour = first[i] + (second[i] - first[i]) * hue;
    return Math.round(ground[i] + (colour - ground[i]) * cover);
  };
  return [part(0), part(1), part(2)];
}

/** Device pixels per weight: whole where that fills the room nearly, else what fills it. */
export function fieldScale(width: number, height: number, roomWidth: number, roomHeight: number): number {
  const scale = Math.min(roomWidth / width, roomHeight / height);
  const whole = Math.floor(scale);
  return whole >= LEAST_FILL * scale ? whole : scale;
}

/** Where a tile wants its field, in device pixels of the canvas. */
export type Place = {
  readonly group: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

const paper = document.createElement("canvas");
const paperContext = paper.getContext("2d", { willReadFrequently: true });

/** Weights are told apart in this many steps: more than an eye does, and few enough to mix all pairs once. */
const LEVELS = 32;
const levelOf = (weight: number) => weight >> 3;

let mixes: { readonly theme: Theme; readonly planes: number; readonly words: Uint32Array } | undefined;

/** Packed colours by the levels of ON and OFF, or, of a single plane, by its level as both. */
function mixesOf(theme: Theme, planes: number): Uint32Array {
  if (mixes?.theme === theme && mixes.planes === planes) return mixes.words;
  const ground = rgbOf(theme.well);
  const [on, off] =
    planes === 1 ? [rgbOf(theme.mint), rgbOf(theme.mint)] : [rgbOf(theme.on), rgbOf(theme.off)];
  const words = Uint32Array.from({ length: LEVELS * LEVELS }, (_, i) => {
    const [first, second] = [Math.floor(i / LEVELS) / (LEVELS - 1), (i % LEVELS) / (LEVELS - 1)];
    const [red, green, blue] = mixed(ground, on, first, off, planes === 1 ? 0 : second);
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  });
  mixes = { theme, planes, words };
  return words;
}

/** One field below the other, one device pixel a weight. */
function fillPaper({ fields, planes, width, height }: Fields, groups: readonly number[], theme: Theme): void {
  const size = width * height;
  const image = new ImageData(width, height * groups.length);
  const words = new Uint32Array(image.data.buffer);
  const colours = mixesOf(theme, planes);
  groups.forEach((group, i) => {
    const off = group * planes * size;
    const on = off + (planes - 1) * size;
    for (let pixel = 0; pixel < size; pixel++) {
      const row = levelOf(fields[on + pixel] ?? 0) * LEVELS;
      words[i * size + pixel] = colours[row + levelOf(fields[off + pixel] ?? 0)] ?? 0;
    }
  });
  paper.width = image.width;
  paper.height = image.height;
  paperContext?.putImageData(image, 0, 0);
}

export function drawFields(
  canvas: HTMLCanvasElement,
  learned: Fields,
  places: readonly Place[],
  theme: Theme,
): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  const { width, height } = learned;
  if (places.length === 0 || width * height === 0) return;
  const groups = places.map(({ group }) => group);
  fillPaper(learned, groups, theme);
  context.imageSmoothingEnabled = false;
  places.forEach((place, i) => {
    const scale = fieldScale(width, height, place.width, place.height);
    const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
    const left = place.x + Math.floor((place.width - wide) / 2);
    const top = place.y + Math.floor((place.height - high) / 2);
    context.save();
    context.beginPath();
    context.roundRect(place.x, place.y, place.width, place.height, CORNER * (devicePixelRatio || 1));
    context.fillStyle = theme.well;
    context.fill();
    context.clip();
    context.drawImage(paper, 0, i * height, width, height, left, top, wide, high);
    context.restore();
  });
}
