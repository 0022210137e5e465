/**
 * The wave of one frame as a picture: x is the time within the frame, each feature has a lane, and within its lane a
 * spike stands as high as it stood on the feature's map.
 */
import { write } from "./canvas-text.ts";
import type { Surface } from "./dom.ts";
import { share } from "./format.ts";
import { rgbOf, type Theme } from "./theme.ts";
import type { KeptWave } from "./wave-history.ts";
import { placeOf, ticksOf } from "./wave-places.ts";

const LEFT = 28;
const AXIS_HEIGHT = 18;
/** Above the lanes, for the word at the decision's line. */
const HEAD = 18;
const DOT = 3;
/** Feature numbers closer than this could not be read. */
const LINE = 13;
const SPIKES_ALPHA = 0.85;

export function drawWave(surface: Surface, theme: Theme, kept: KeptWave): void {
  const { wave } = kept;
  const { context, width, height } = surface;
  const plot = { left: LEFT, top: HEAD, width: width - LEFT, height: height - HEAD - AXIS_HEIGHT };
  const lane = plot.height / Math.max(1, wave.features);
  const every = Math.max(1, Math.ceil(LINE / lane));
  for (let feature = 0; feature < wave.features; feature++) {
    const top = plot.top + feature * lane;
    context.fillStyle = theme.line;
    if (lane >= 6 || feature % every === 0) context.fillRect(plot.left, Math.round(top), plot.width, 1);
    if (feature % every === 0)
      write(surface, theme, String(feature + 1), plot.left - 6, top + Math.max(lane, LINE) / 2, {
        colour: theme.ink3,
        align: "right",
      });
  }
  context.fillRect(plot.left, plot.top + plot.height, plot.width, 1);
  for (const ms of ticksOf(wave.durationUs)) {
    const x = plot.left + (plot.width * 1000 * ms) / wave.durationUs;
    const isLast = x > width - 20;
    context.fillStyle = theme.edge;
    context.fillRect(Math.min(Math.round(x), width - 1), plot.top + plot.height + 1, 1, 4);
    const align = ms === 0 ? "left" : isLast ? "right" : "center";
    write(surface, theme, ms === 0 ? "0\u00a0ms" : String(ms), x, height - 6, { colour: theme.ink3, align });
  }
  drawDecided(surface, theme, plot, kept);
  const [red, green, blue] = rgbOf(theme.mint);
  context.fillStyle = `rgba(${red}, ${green}, ${blue}, ${SPIKES_ALPHA})`;
  for (let i = 0; i < wave.offsetUs.length; i++) {
    const [x, y] = placeOf(wave, i);
    const left = plot.left + x * (plot.width - DOT);
    context.fillRect(left, plot.top + y * plot.height - DOT / 2, DOT, DOT);
  }
}

type Plot = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

/** Up to here it was not sure. */
function drawDecided(surface: Surface, theme: Theme, plot: Plot, { wave, margins }: KeptWave): void {
  const atUs = margins?.decidedAt === undefined ? undefined : margins.offsetUs[margins.decidedAt];
  if (atUs === undefined || margins === undefined) return;
  const { context, width } = surface;
  const x = plot.left + (atUs / Math.max(1, wave.durationUs)) * plot.width;
  context.strokeStyle = theme.ink2;
  context.lineWidth = 1;
  context.setLineDash([4, 3]);
  context.beginPath();
  context.moveTo(Math.round(x) + 0.5, plot.top);
  context.lineTo(Math.round(x) + 0.5, plot.top + plot.height);
  context.stroke();
  context.setLineDash([]);
  const isLate = x > plot.left + plot.width / 2;
  const words = `margin ${share(margins.enough)}: decided`;
  write(surface, theme, words, isLate ? Math.min(x, width) : x, plot.top / 2, {
    colour: theme.ink2,
    align: isLate ? "right" : "left",
  });
}
