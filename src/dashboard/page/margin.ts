/** The margin in this frame: how the lead of the best class grew from the first spike to the last, and what is enough. */
import type { MarginTrace } from "../../core/telemetry.ts";
import { write } from "./canvas-text.ts";
import { byId, canvasById, type Surface, setText, surfaceOf } from "./dom.ts";
import { share, UNKNOWN } from "./format.ts";
import { lastMargin, marginWords, placesOf, topOf } from "./margin-words.ts";
import type { Moment } from "./moment.ts";
import type { Theme } from "./theme.ts";

const LABEL_EVERY_MS = 2000;
const AXIS_LEFT = 26;
const AXIS_HEIGHT = 16;
/** Room above the top of the scale, for the ring and the number beside it. */
const HEAD = 7;
const RING = 4.5;
/** A curve stays until the next one comes, or until so many more frames have been answered. */
const MOST_LATE = 100;
const TEXT_HEIGHT = 14;

const section = byId("margin-frame");
const canvas = canvasById("margin-curve");
let drawn: { readonly which: string; readonly theme: Theme } | undefined;
/** The newest trace there was: where every picture is of another decision, only some of them have one. */
let newest: MarginTrace | undefined;
let labelAtMs = Number.NEGATIVE_INFINITY;

new ResizeObserver(() => {
  drawn = undefined;
}).observe(canvas);

/** Called as often as the answer changes. Where the readout tells no margins, the place is given to others. */
export function showMargin({ snapshot, nowMs }: Moment, theme: Theme): void {
  const { margins, decision, rewardable } = snapshot;
  newest = decision === undefined ? undefined : (margins ?? newest);
  const isLate = newest !== undefined && decision !== undefined && decision.id - newest.decision > MOST_LATE;
  const trace = isLate ? undefined : newest;
  // A readout that learns by reward tells its margins: the place does not come and go with a frame.
  section.hidden = trace === undefined && rewardable === "count";
  if (section.hidden) return;
  const words = trace === undefined ? UNKNOWN : marginWords(trace);
  setText(byId("margin-words"), words);
  byId("margin-words").title = words;
  if (nowMs - labelAtMs >= LABEL_EVERY_MS) {
    labelAtMs = nowMs;
    const end = trace && `; ${share(lastMargin(trace))} at the end, ${share(trace.enough)} is enough`;
    canvas.setAttribute("aria-label", `Margin in this frame: ${words}${end ?? ""}`);
  }
  // Every snapshot brings its own copy of the same trace.
  const which = `${trace?.decision}: ${words}`;
  if (drawn?.theme === theme && drawn.which === which) return;
  const surface = surfaceOf(canvas);
  if (surface === undefined) return;
  drawn = { which, theme };
  draw(surface, theme, trace);
}

/** The curve's own box, in CSS pixels. */
type Plot = {
  readonly left: number;
  readonly width: number;
  readonly bottom: number;
  readonly height: number;
};

function draw(surface: Surface, theme: Theme, trace: MarginTrace | undefined): void {
  const { context, width, height } = surface;
  const bottom = height - AXIS_HEIGHT;
  const plot: Plot = { left: AXIS_LEFT, width: width - AXIS_LEFT, bottom, height: bottom - HEAD };
  const axis = { colour: theme.ink3 };
  context.fillStyle = theme.line;
  context.fillRect(plot.left, bottom, plot.width, 1);
  context.fillRect(plot.left, HEAD, 1, plot.height);
  write(surface, theme, trace === undefined ? "" : String(topOf(trace)), 0, HEAD, axis);
  write(surface, theme, "0", 0, bottom - 1, axis);
  write(surface, theme, "first spike", plot.left, height - 6, axis);
  write(surface, theme, "last spike", width, height - 6, { ...axis, align: "right" });
  if (trace === undefined || trace.margin.length === 0) return;
  drawEnough(surface, theme, plot, trace);
  drawCurve(surface, theme, plot, trace);
}

const yOf = ({ bottom, height }: Plot, trace: MarginTrace, margin: number) =>
  bottom - height * Math.min(1, Math.max(0, margin / topOf(trace)));

function drawEnough(surface: Surface, theme: Theme, plot: Plot, trace: MarginTrace): void {
  const { context } = surface;
  const y = Math.round(yOf(plot, trace, trace.enough)) + 0.5;
  context.strokeStyle = theme.ink2;
  context.lineWidth = 1;
  context.setLineDash([4, 3]);
  context.beginPath();
  context.moveTo(plot.left, y);
  context.lineTo(plot.left + plot.width, y);
  context.stroke();
  context.setLineDash([]);
  // On the side of the line where the curve does not end.
  const isBelow = lastMargin(trace) >= trace.enough && plot.bottom - y >= TEXT_HEIGHT;
  const textY = isBelow ? y + TEXT_HEIGHT / 2 + 1 : y - TEXT_HEIGHT / 2;
  const style = { colour: theme.ink2, align: "right" } as const;
  write(surface, theme, `enough: ${share(trace.enough)}`, plot.left + plot.width, textY, style);
}

function drawCurve({ context }: Surface, theme: Theme, plot: Plot, trace: MarginTrace): void {
  const { margin, decidedAt } = trace;
  const xs = placesOf(trace).map((place) => plot.left + 1 + place * (plot.width - 2));
  const ys = margin.map((one) => yOf(plot, trace, one) - 1);
  const line = (from: number, to: number, colour: string, width: number) => {
    context.beginPath();
    for (let i = from; i <= to; i++) context.lineTo(xs[i] ?? 0, ys[i] ?? 0);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.lineJoin = "round";
    context.stroke();
  };
  const last = margin.length - 1;
  line(decidedAt ?? 0, last, theme.ink3, 1.5);
  if (decidedAt === undefined) return;
  line(0, decidedAt, theme.mint, 2);
  context.beginPath();
  context.arc(xs[decidedAt] ?? 0, ys[decidedAt] ?? 0, RING, 0, 2 * Math.PI);
  context.fillStyle = theme.surface;
  context.fill();
  context.strokeStyle = theme.mint;
  context.lineWidth = 2;
  context.stroke();
}
