/**
 * The speed instrument: two lanes on one fixed log ruler, each with its published mark. It never rescales.
 * Bar: frames finished in the last second. Diamond: what the machine could do. Between them: headroom.
 */
import { type TextStyle, write } from "./canvas-text.ts";
import type { Surface } from "./dom.ts";
import { times } from "./format.ts";
import { rgbOf, type Theme } from "./theme.ts";

const LOWEST_FPS = 1;
const HIGHEST_FPS = 50_000;
const LANE_HEIGHT = 24;
const RULER_HEIGHT = 26;
/** Figures a survey gives for Liu & Yue 2017; their hardware is not stated. */
export const PUBLISHED_FPS = { train: 21.3, test: 17.9 } as const;
const PUBLISHED_BY = "Liu & Yue 2017";
const WIDE = 380;

export type Lane = {
  readonly kind: keyof typeof PUBLISHED_FPS;
  readonly isActive: boolean;
  readonly nowFps: number | undefined;
  /** Values of `nowFps` over the last minute. */
  readonly rug: readonly number[];
  readonly possibleFps: number | undefined;
  /** At the lane's right: "learning on", "2 min ago". */
  readonly note: string;
};

/** 0 at 1 frame/s, 1 at 50,000; outside it stays at the end. */
export function positionOf(fps: number): number {
  const position = Math.log(fps / LOWEST_FPS) / Math.log(HIGHEST_FPS / LOWEST_FPS);
  return Math.min(1, Math.max(0, position));
}

export function drawRuler(surface: Surface, theme: Theme, train: Lane, test: Lane): void {
  const top = (surface.height - RULER_HEIGHT) / 2 - LANE_HEIGHT;
  drawTicks(surface, theme, top + LANE_HEIGHT);
  drawLane(surface, theme, train, top, true);
  drawLane(surface, theme, test, top + LANE_HEIGHT + RULER_HEIGHT, false);
}

function drawTicks(surface: Surface, theme: Theme, y: number): void {
  const { context, width } = surface;
  for (let decade = 1; decade <= HIGHEST_FPS; decade *= 10) {
    for (let step = 1; step < 10 && step * decade <= HIGHEST_FPS; step++) {
      const x = Math.min(Math.round(positionOf(step * decade) * width), width - 1);
      const length = step === 1 ? 5 : 3;
      context.fillStyle = step === 1 ? theme.ink3 : theme.line;
      context.fillRect(x, y + 2, 1, length);
      context.fillRect(x, y + RULER_HEIGHT - 2 - length, 1, length);
    }
    const text = decade >= 1000 ? `${decade / 1000}\u00a0k` : `${decade}`;
    const isFirst = decade === 1;
    write(surface, theme, text, positionOf(decade) * width + (isFirst ? 4 : 0), y + RULER_HEIGHT / 2 + 0.5, {
      colour: theme.ink2,
      align: isFirst ? "left" : "center",
    });
  }
}

function drawLane(surface: Surface, theme: Theme, lane: Lane, y: number, isUpper: boolean): void {
  const { context, width } = surface;
  const published = positionOf(PUBLISHED_FPS[lane.kind]) * width;
  context.save();
  context.beginPath();
  context.roundRect(0.5, y + 0.5, width - 1, LANE_HEIGHT - 1, 4);
  context.fillStyle = theme.well;
  context.fill();
  context.clip();
  context.fillStyle = theme["mint-wash"];
  context.fillRect(published, y, width - published, LANE_HEIGHT);
  context.restore();
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  context.stroke();
  drawMarks(surface, theme, lane, y);
  const capY = isUpper ? y - 16 : y;
  context.fillStyle = theme.ink;
  context.fillRect(Math.round(published) - 1, capY, 2, LANE_HEIGHT + 16);
  drawWords(surface, theme, lane, published, isUpper ? y - 10 : y + LANE_HEIGHT + 11);
}

function drawWords(surface: Surface, theme: Theme, lane: Lane, published: number, y: number): void {
  const { width } = surface;
  const value = `${PUBLISHED_FPS[lane.kind].toFixed(1)} published`;
  const wide = write(surface, theme, value, published + 7, y, { colour: theme.ink, bold: true });
  if (width > WIDE) write(surface, theme, PUBLISHED_BY, published + 13 + wide, y, { colour: theme.ink3 });
  const colour = lane.isActive ? theme.ink : theme.ink3;
  write(surface, theme, lane.kind, 0, y, { colour, bold: lane.isActive });
  write(surface, theme, lane.note, width, y, { colour: theme.ink3, align: "right" });
}

function drawMarks(surface: Surface, theme: Theme, lane: Lane, y: number): void {
  const { context, width } = surface;
  const middle = y + LANE_HEIGHT / 2;
  const published = PUBLISHED_FPS[lane.kind];
  const now = lane.isActive && lane.nowFps !== undefined && lane.nowFps > 0 ? lane.nowFps : undefined;
  const nowX = now === undefined ? undefined : Math.min(positionOf(now) * width, width - 2);
  const possibleX =
    lane.possibleFps === undefined ? undefined : clampX(positionOf(lane.possibleFps) * width, width);
  if (nowX !== undefined) {
    const [r, g, b] = rgbOf(theme.mint);
    context.fillStyle = `rgba(${r}, ${g}, ${b}, 0.2)`;
    for (const fps of lane.rug) context.fillRect(positionOf(fps) * width, y + 3, 1, LANE_HEIGHT - 6);
    if (possibleX !== undefined) drawHeadroom(context, theme, nowX + 12, possibleX - 8, middle);
    context.fillStyle = theme.mint;
    context.fillRect(nowX - 1.5, y + 2, 3, LANE_HEIGHT - 4);
  }
  const taken: Span[] = nowX === undefined ? [] : [[nowX - 4, nowX + 4]];
  if (possibleX !== undefined && lane.possibleFps !== undefined) {
    drawDiamond(context, theme, possibleX, middle, lane.isActive);
    taken.push([possibleX - 9, possibleX + 9]);
    const style = { colour: lane.isActive ? theme.ink : theme.ink2, bold: lane.isActive };
    label(surface, theme, times(lane.possibleFps / published), possibleX, middle, taken, style);
  }
  if (now !== undefined && nowX !== undefined) {
    label(surface, theme, times(now / published), nowX, middle, taken, { colour: theme.ink, bold: true });
  }
}

type Span = [from: number, to: number];

/** Writes beside a mark, on the side where nothing stands yet; where both are taken the mark speaks for itself. */
function label(
  surface: Surface,
  theme: Theme,
  text: string,
  x: number,
  y: number,
  taken: Span[],
  style: TextStyle,
): void {
  const { context, width } = surface;
  context.font = `${style.bold ? "600 " : ""}12px ${theme.font}`;
  const wide = context.measureText(text).width;
  const sides: Span[] = [
    [x + 12, x + 12 + wide],
    [x - 12 - wide, x - 12],
  ];
  const free = sides.find(
    ([from, to]) => from > 4 && to < width - 4 && taken.every(([a, b]) => to < a - 2 || from > b + 2),
  );
  if (free === undefined) return;
  taken.push(free);
  // The ground hides the dotted line and the rug behind the words.
  for (const ground of [theme.well, theme["mint-wash"]]) {
    context.fillStyle = ground;
    context.fillRect(free[0] - 4, y - 8, wide + 8, 16);
  }
  write(surface, theme, text, free[0], y + 0.5, style);
}

const clampX = (x: number, width: number) => Math.min(Math.max(x, 8), width - 8);

function drawHeadroom(
  context: CanvasRenderingContext2D,
  theme: Theme,
  from: number,
  to: number,
  y: number,
): void {
  if (to <= from) return;
  context.strokeStyle = theme.mint;
  context.setLineDash([2, 3]);
  context.beginPath();
  context.moveTo(from, y + 0.5);
  context.lineTo(to, y + 0.5);
  context.stroke();
  context.setLineDash([]);
}

function drawDiamond(
  context: CanvasRenderingContext2D,
  theme: Theme,
  x: number,
  y: number,
  isActive: boolean,
): void {
  context.save();
  context.translate(x, y);
  context.rotate(Math.PI / 4);
  context.fillStyle = theme.well;
  context.strokeStyle = isActive ? theme.mint : theme.edge;
  context.lineWidth = 2;
  context.beginPath();
  context.rect(-4.5, -4.5, 9, 9);
  context.fill();
  context.stroke();
  context.restore();
}
