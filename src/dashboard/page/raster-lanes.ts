/** The raster's lanes around the points: input spikes, bands and their names, answers, time. */
import type { AnsweredFrame } from "../../core/telemetry.ts";
import { type Drawing, fitted, font } from "./raster-view.ts";

/** A bar of the lane `in` and the gap after it. */
const BAR = 3;
/** Frames narrower than this have no boundaries: they would be a grey wall. */
const BOUNDARY_FROM = 8;
/** Blocks narrower than this have no name, no frame and no round corners. */
const BLOCK_FROM = 10;
const CROSS = 6;
const TICKS = 4;

type Write = {
  readonly colour: string;
  readonly align?: CanvasTextAlign;
  readonly isBold?: boolean;
};

function write(
  { surface: { context }, theme }: Drawing,
  text: string,
  x: number,
  y: number,
  style: Write,
): void {
  context.font = font(theme, style.isBold);
  context.textAlign = style.align ?? "left";
  context.fillStyle = style.colour;
  context.fillText(text, x, y);
}

/** Input spikes as bars over a square root scale that never changes. */
export function drawInputs(drawing: Drawing): void {
  const { surface, theme, view, lanes } = drawing;
  const { context } = surface;
  context.textBaseline = "middle";
  write(drawing, "in", 0, lanes.inputHeight / 2, { colour: theme.ink3 });
  context.fillStyle = theme.ink3;
  const perUs = lanes.width / (view.toUs - view.fromUs);
  for (const [slotUs, bar] of inputBars(view.stretches, view.fromUs, BAR / perUs)) {
    const left = Math.max(drawing.xOf(slotUs), lanes.left);
    const right = Math.min(drawing.xOf(slotUs + bar.widthUs), lanes.left + lanes.width);
    const rate = (1e6 * bar.spikes) / bar.coveredUs;
    const height = lanes.inputHeight * Math.min(1, Math.sqrt(rate / view.fullInputRate));
    if (right > left)
      context.fillRect(left, lanes.inputHeight - height, Math.max(1, right - left - 1), height);
  }
  context.fillStyle = theme.line;
  context.fillRect(lanes.left, lanes.inputHeight, lanes.width, 1);
}

type Bar = { spikes: number; coveredUs: number; readonly widthUs: number };

/**
 * Bins put together to bars of at least `leastUs`, by the beginning of each bar. Bars begin at multiples of their
 * width on the stream's clock, so that they move with the picture instead of shimmering in it.
 */
export function inputBars(
  stretches: Drawing["view"]["stretches"],
  fromUs: number,
  leastUs: number,
): Map<number, Bar> {
  const bars = new Map<number, Bar>();
  for (const stretch of stretches) {
    if (stretch.binUs <= 0) continue;
    const widthUs = Math.max(1, Math.ceil(leastUs / stretch.binUs)) * stretch.binUs;
    const first = Math.max(0, Math.floor((fromUs - stretch.fromUs) / stretch.binUs));
    for (let bin = first; bin < stretch.inputs.length; bin++) {
      const slotUs = Math.floor((stretch.fromUs + bin * stretch.binUs) / widthUs) * widthUs;
      const bar = bars.get(slotUs) ?? { spikes: 0, coveredUs: 0, widthUs };
      bar.spikes += stretch.inputs[bin] ?? 0;
      bar.coveredUs += stretch.binUs;
      bars.set(slotUs, bar);
    }
  }
  return bars;
}

export function drawBands(drawing: Drawing): void {
  const { surface, theme, view, lanes } = drawing;
  const { context } = surface;
  const { names } = view.bands;
  const step = lanes.rowsHeight / names.length;
  if (view.winner !== undefined) {
    context.fillStyle = theme["mint-wash"];
    context.fillRect(lanes.left, lanes.rowsTop + view.winner * step, lanes.width, step);
  }
  // Where bands are lower than a line of text, every second, third … has its name, and the winner always.
  const every = Math.max(1, Math.ceil(11 / step));
  const winner = view.winner ?? Number.NEGATIVE_INFINITY;
  context.textBaseline = "middle";
  names.forEach((name, band) => {
    const isWinner = band === winner;
    const top = lanes.rowsTop + band * step;
    if (isWinner || (band % every === 0 && Math.abs(band - winner) >= every)) {
      context.font = font(theme, true);
      const text = fitted(context, name, lanes.left - 4);
      write(drawing, text, 0, top + step / 2 + 0.5, {
        colour: isWinner ? theme.mint : theme.ink2,
        isBold: isWinner,
      });
    }
    context.fillStyle = theme.line;
    if (band > 0 && step >= 8) context.fillRect(lanes.left, Math.round(top), lanes.width, 1);
  });
}

export function drawBoundaries({ surface: { context }, theme, view, lanes, xOf }: Drawing): void {
  context.save();
  context.globalAlpha = 0.45;
  context.fillStyle = theme.ink3;
  let last = Number.NEGATIVE_INFINITY;
  for (const { frames } of view.stretches) {
    for (const { startUs } of frames) {
      const x = Math.round(xOf(startUs));
      if (x > lanes.left + 1 && x - last >= BOUNDARY_FROM)
        context.fillRect(x, lanes.rowsTop, 1, lanes.rowsHeight);
      last = x;
    }
  }
  context.restore();
}

/** What this page was not told about: empty, and said so. */
export function drawUntold(drawing: Drawing): void {
  const { surface, theme, view, lanes } = drawing;
  const { context } = surface;
  const height = lanes.outputTop + lanes.outputHeight;
  for (const { untoldFromUs, fromUs } of view.stretches) {
    if (untoldFromUs === undefined || fromUs <= view.fromUs) continue;
    const left = Math.max(lanes.left, drawing.xOf(untoldFromUs));
    const width = drawing.xOf(fromUs) - left;
    context.fillStyle = theme.well;
    context.fillRect(left, 0, width, height);
    context.font = font(theme);
    if (context.measureText("not shown").width + 12 > width) continue;
    context.textBaseline = "middle";
    const y = lanes.rowsTop + lanes.rowsHeight / 2;
    write(drawing, "not shown", left + width / 2, y, { colour: theme.ink3, align: "center" });
  }
}

export function drawAnswers(drawing: Drawing): void {
  const { surface, theme, view, lanes } = drawing;
  const { context } = surface;
  context.textBaseline = "middle";
  write(drawing, "out", 0, lanes.outputTop + lanes.outputHeight / 2, { colour: theme.ink3 });
  const newest = view.stretches.at(-1)?.frames.at(-1);
  let drawnTo = lanes.left;
  for (const { frames } of view.stretches) {
    for (const frame of frames) {
      const left = Math.max(lanes.left, drawing.xOf(frame.startUs));
      const right = Math.min(lanes.left + lanes.width, drawing.xOf(frame.endUs));
      // Frames that end within a pixel already drawn would cost time and show nothing.
      if (right <= drawnTo + 0.5) continue;
      drawnTo = right;
      drawAnswer(drawing, frame, left, right - left, frame === newest);
    }
  }
}

function drawAnswer(
  drawing: Drawing,
  frame: AnsweredFrame,
  left: number,
  width: number,
  isNewest: boolean,
): void {
  const { surface, theme, view, lanes } = drawing;
  const { context } = surface;
  const isWrong = frame.right === false;
  const isAnswer = frame.label !== undefined || frame.group !== undefined;
  const isFilled = isAnswer && !isWrong;
  const [top, height] = [lanes.outputTop + 1, lanes.outputHeight - 2];
  context.fillStyle = isNewest && isFilled ? theme.mint : theme.raised;
  if (width < BLOCK_FROM) {
    if (!isNewest || !isFilled) context.fillStyle = isFilled ? theme.edge : theme.line;
    context.fillRect(left, top, Math.max(1, width - 1), height);
    return;
  }
  context.beginPath();
  context.roundRect(left + 0.5, top + 0.5, width - 1, height - 1, 4);
  if (isFilled) context.fill();
  context.strokeStyle = isNewest && isAnswer ? theme.mint : isWrong ? theme.edge : theme.line;
  context.lineWidth = 1;
  if (isWrong) context.setLineDash([3, 2]);
  context.stroke();
  context.setLineDash([]);
  const colour = isNewest && isFilled ? theme.knob : isNewest && isAnswer ? theme.mint : theme.ink2;
  context.font = font(theme, true);
  const crossWide = isWrong ? CROSS + 5 : 0;
  const text = fitted(context, isAnswer ? view.nameOf(frame) : "–", width - 8 - crossWide);
  const wide = context.measureText(text).width + (text === "" ? Math.min(crossWide, CROSS) : crossWide);
  if (wide > width - 4) return;
  const [start, middle] = [left + (width - wide) / 2, top + height / 2];
  if (isWrong) drawCross(context, colour, start, middle);
  write(drawing, text, start + crossWide, middle + 0.5, { colour, isBold: true });
}

/** A wrong answer's mark: seen without colour. */
function drawCross(context: CanvasRenderingContext2D, colour: string, x: number, y: number): void {
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x, y - CROSS / 2);
  context.lineTo(x + CROSS, y + CROSS / 2);
  context.moveTo(x + CROSS, y - CROSS / 2);
  context.lineTo(x, y + CROSS / 2);
  context.stroke();
}

export function drawAxis(drawing: Drawing): void {
  const { surface, theme, view, lanes } = drawing;
  const spanSeconds = (view.toUs - view.fromUs) / 1e6;
  surface.context.textBaseline = "middle";
  for (let tick = 0; tick <= TICKS; tick++) {
    const x = lanes.left + (lanes.width * tick) / TICKS;
    const align = tick === 0 ? "left" : tick === TICKS ? "right" : "center";
    const seconds = Number((spanSeconds * (1 - tick / TICKS)).toFixed(3));
    surface.context.fillStyle = theme.edge;
    surface.context.fillRect(Math.min(Math.round(x), lanes.left + lanes.width - 1), lanes.axisTop + 1, 1, 4);
    const text = seconds === 0 ? "now" : `−${seconds}\u00a0s`;
    write(drawing, text, x, lanes.axisTop + 12, { colour: theme.ink3, align });
  }
}
