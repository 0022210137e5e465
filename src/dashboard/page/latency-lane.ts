/** The lane Event → answer: median and p99 of the last minute on one fixed log ruler, 0.1 ms to 1 s. */
import type { SnapshotMessage } from "../protocol.ts";
import { write } from "./canvas-text.ts";
import type { Surface } from "./dom.ts";
import { duration } from "./format.ts";
import { rgbOf, type Theme } from "./theme.ts";

const LOWEST_US = 100;
const DECADES = 4;
const LANE_TOP = 18;
const LANE_HEIGHT = 14;
const TICKS = [
  { us: 100, text: "0.1\u00a0ms", align: "left" },
  { us: 1000, text: "1", align: "center" },
  { us: 10_000, text: "10", align: "center" },
  { us: 100_000, text: "100", align: "center" },
  { us: 1_000_000, text: "1\u00a0s", align: "right" },
] as const;

type Sent = SnapshotMessage["sent"];

/** 0 at 0.1 ms, 1 at a second; outside it stays at the end. */
export function latencyPosition(us: number): number {
  return Math.min(1, Math.max(0, Math.log10(Math.max(1, us) / LOWEST_US) / DECADES));
}

export const latencyWords = (sent: Sent): string =>
  sent === undefined
    ? "Event to answer: not measured yet."
    : `Event to answer: median ${duration(sent.p50Us)}, p99 ${duration(sent.p99Us)}.`;

export function drawLatency(surface: Surface, theme: Theme, sent: Sent): void {
  const { context, width } = surface;
  write(surface, theme, "Event → answer", 0, 7, { colour: theme.ink, bold: true });
  const values = sent === undefined ? "–" : `${duration(sent.p50Us)} median · ${duration(sent.p99Us)} p99`;
  write(surface, theme, values, width, 7, { colour: theme.ink2, align: "right" });
  context.beginPath();
  context.roundRect(0.5, LANE_TOP + 0.5, width - 1, LANE_HEIGHT - 1, 4);
  context.fillStyle = theme.well;
  context.fill();
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  context.stroke();
  if (sent !== undefined) drawMarks(surface, theme, sent);
  for (let decade = 0; decade < DECADES; decade++) {
    for (let step = 1; step < 10; step++) {
      const x = Math.round(latencyPosition(LOWEST_US * step * 10 ** decade) * (width - 1));
      context.fillStyle = step === 1 ? theme.ink3 : theme.line;
      context.fillRect(x, LANE_TOP + LANE_HEIGHT + 2, 1, step === 1 ? 5 : 3);
    }
  }
  for (const { us, text, align } of TICKS)
    write(surface, theme, text, latencyPosition(us) * width, surface.height - 7, {
      colour: theme.ink3,
      align,
    });
}

function drawMarks({ context, width }: Surface, theme: Theme, sent: NonNullable<Sent>): void {
  const at = (us: number) => Math.min(Math.max(latencyPosition(us) * width, 3), width - 3);
  const [median, p99] = [at(sent.p50Us), at(sent.p99Us)];
  const [r, g, b] = rgbOf(theme.mint);
  context.fillStyle = `rgba(${r}, ${g}, ${b}, 0.3)`;
  context.fillRect(median, LANE_TOP + 3, p99 - median, LANE_HEIGHT - 6);
  context.fillStyle = theme.mint;
  context.fillRect(median - 2, LANE_TOP + 1, 4, LANE_HEIGHT - 2);
  context.fillRect(p99 - 0.5, LANE_TOP + 3, 1.5, LANE_HEIGHT - 6);
}
