/**
 * The event picture: the last event of each pixel, ON or OFF, fading with its age.
 * Each sensor pixel is a whole number of device pixels.
 */
import type { EventPicture } from "../../core/telemetry.ts";
import { rgbOf, type Theme } from "./theme.ts";

/** Time constant of the fading; after three of them nothing is drawn. */
export const TAU_MS = 30;
const LAST_AGE_MS = 3 * TAU_MS;
const BINS = 256;
/** One age bin of the picture, see EventPicture. */
const AGE_BIN_MS = 90 / BINS;
/** Below this size a grid would hide more than it shows. */
const GRID_FROM_DEVICE_PIXELS = 8;

/** 1 when new, 0.16 just before it goes. */
export function brightness(ageMs: number): number {
  return ageMs > LAST_AGE_MS ? 0 : 0.16 + 0.84 * Math.exp(-ageMs / TAU_MS);
}

/** True once every pixel that arrived `sinceMs` ago has faded. */
export const hasFaded = (sinceMs: number): boolean => sinceMs > LAST_AGE_MS;

/** Device pixels per sensor pixel that fit into a room; at least 1. */
export function scaleFor(picture: EventPicture, roomWidth: number, roomHeight: number): number {
  return Math.max(1, Math.floor(Math.min(roomWidth / picture.width, roomHeight / picture.height)));
}

/** Packed colours by value + 256, for pictures that arrived `sinceMs` ago. */
function coloursAt(theme: Theme, sinceMs: number): Uint32Array {
  const ground = rgbOf(theme.well);
  const colours = new Uint32Array(2 * BINS);
  const mix = (ink: readonly [number, number, number], share: number) => {
    const part = (i: 0 | 1 | 2) => Math.round(ground[i] + (ink[i] - ground[i]) * share);
    return (255 << 24) | (part(2) << 16) | (part(1) << 8) | part(0);
  };
  const [on, off] = [rgbOf(theme.on), rgbOf(theme.off)];
  colours[BINS] = mix(ground, 0);
  for (let value = 1; value < BINS; value++) {
    const share = brightness((BINS - 1 - value) * AGE_BIN_MS + sinceMs);
    colours[BINS + value] = mix(on, share);
    colours[BINS - value] = mix(off, share);
  }
  return colours;
}

const paper = document.createElement("canvas");
const paperContext = paper.getContext("2d");

/** Draws the picture as it looks `sinceMs` after it arrived. The canvas has the picture's size times the scale. */
export function drawPicture(
  canvas: HTMLCanvasElement,
  picture: EventPicture,
  theme: Theme,
  sinceMs: number,
): void {
  const context = canvas.getContext("2d");
  if (context === null || paperContext === null || picture.width * picture.height === 0) return;
  const colours = coloursAt(theme, sinceMs);
  const image = new ImageData(picture.width, picture.height);
  const words = new Uint32Array(image.data.buffer);
  for (let i = 0; i < words.length; i++) words[i] = colours[BINS + (picture.pixels[i] ?? 0)] ?? 0;
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
