/**
 * The event picture: the last event of each pixel, ON or OFF, fading with its age.
 * Each sensor pixel is a whole number of device pixels.
 */
import { ageOfCode, type EventPicture } from "../../core/telemetry.ts";
import { rgbOf, type Theme } from "./theme.ts";

/** Codes of the picture: -127 … 127, see `ageCode`. */
const NEWEST_CODE = 127;
/** After so many time constants nothing is drawn. */
const SPAN_TAUS = 3;
/** Below this size a grid would hide more than it shows. */
const GRID_FROM_DEVICE_PIXELS = 8;

/** 1 when new, 0.16 + 0.84 · exp(−3) just before it goes. An endless τ never fades. */
export function brightness(ageMs: number, tauMs: number): number {
  if (tauMs === Number.POSITIVE_INFINITY) return 1;
  return ageMs > SPAN_TAUS * tauMs ? 0 : 0.16 + 0.84 * Math.exp(-ageMs / tauMs);
}

/** True once every pixel that arrived `sinceMs` ago has faded, or will not fade any more. */
export const hasFaded = (sinceMs: number, tauMs: number): boolean =>
  tauMs === Number.POSITIVE_INFINITY || sinceMs > SPAN_TAUS * tauMs;

/** Device pixels per sensor pixel that fit into a room; at least 1. */
export function scaleFor(picture: EventPicture, roomWidth: number, roomHeight: number): number {
  return Math.max(1, Math.floor(Math.min(roomWidth / picture.width, roomHeight / picture.height)));
}

export type Ageing = {
  /** Milliseconds since the picture arrived. */
  readonly sinceMs: number;
  readonly tauMs: number;
};

/** Packed colours by code + 127. */
function coloursAt(theme: Theme, { sinceMs, tauMs }: Ageing): Uint32Array {
  const ground = rgbOf(theme.well);
  const colours = new Uint32Array(2 * NEWEST_CODE + 1);
  const mix = (ink: readonly [number, number, number], share: number) => {
    const part = (i: 0 | 1 | 2) => Math.round(ground[i] + (ink[i] - ground[i]) * share);
    return (255 << 24) | (part(2) << 16) | (part(1) << 8) | part(0);
  };
  const [on, off] = [rgbOf(theme.on), rgbOf(theme.off)];
  colours[NEWEST_CODE] = mix(ground, 0);
  for (let code = 1; code <= NEWEST_CODE; code++) {
    const share = brightness(ageOfCode(code) + sinceMs, tauMs);
    colours[NEWEST_CODE + code] = mix(on, share);
    colours[NEWEST_CODE - code] = mix(off, share);
  }
  return colours;
}

const paper = document.createElement("canvas");
const paperContext = paper.getContext("2d");

/** Draws the picture as it looks at an age. The canvas has the picture's size times the scale. */
export function drawPicture(
  canvas: HTMLCanvasElement,
  picture: EventPicture,
  theme: Theme,
  ageing: Ageing,
): void {
  const context = canvas.getContext("2d");
  if (context === null || paperContext === null || picture.width * picture.height === 0) return;
  const colours = coloursAt(theme, ageing);
  const image = new ImageData(picture.width, picture.height);
  const words = new Uint32Array(image.data.buffer);
  for (let i = 0; i < words.length; i++) words[i] = colours[NEWEST_CODE + (picture.pixels[i] ?? 0)] ?? 0;
  if (paper.width !== picture.width || paper.height !== picture.height) {
    paper.width = picture.width;
    paper.height = picture.height;
  }
  paperContext.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(paper, 0, 0, canvas.width, canvas.height);
  drawGrid(context, canvas.width / picture.width, theme);
}

function drawGrid(context: CanvasRenderingContext2D, scale: number, theme: Theme): void {
  if (scale < GRID_FROM_DEVICE_PIXELS) return;
  const { width, height } = context.canvas;
  context.fillStyle = theme.surface;
  for (let x = scale; x < width; x += scale) context.fillRect(x - 1, 0, 1, height);
  for (let y = scale; y < height; y += scale) context.fillRect(0, y - 1, width, 1);
}
