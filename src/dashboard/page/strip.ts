/** The strip below the picture: events per millisecond over the time base, ON up, OFF down, on a fixed √ scale. */
import { fitting, write } from "./canvas-text.ts";
import type { Surface } from "./dom.ts";
import { age, count } from "./format.ts";
import type { RateHistory } from "./rate-history.ts";
import type { Theme } from "./theme.ts";

const PLOT_HEIGHT = 30;
/** A bar and the gap beside it, in CSS pixels. */
const BAR_PITCH = 3;
const BAR_WIDTH = 2;
/** Of all pixels, so many in a millisecond are the most that the scale has room for. */
const BUSIEST_SHARE = 0.1;

/** The scale's end for a sensor: a power of ten, and always the same one. */
export const mostPerMs = (sensorPixels: number): number =>
  10 ** Math.max(0, Math.round(Math.log10(Math.max(1, sensorPixels * BUSIEST_SHARE))));

export type StripView = {
  readonly history: RateHistory;
  readonly nowMs: number;
  readonly spanMs: number;
  readonly mostPerMs: number;
};

export function drawStrip(surface: Surface, theme: Theme, view: StripView): void {
  const { context, width, height } = surface;
  const { history, nowMs, spanMs } = view;
  const middle = PLOT_HEIGHT / 2;
  const bins = Math.max(1, Math.floor(width / BAR_PITCH));
  const heightOf = (perMs: number) => Math.min(1, Math.sqrt(perMs / view.mostPerMs)) * (middle - 1);
  context.fillStyle = theme.line;
  context.fillRect(0, middle - 0.5, width, 1);
  for (const { fromMs, on, off } of history.bins(nowMs, spanMs, spanMs / bins)) {
    const x = Math.round(width * (1 - (nowMs - fromMs) / spanMs));
    const [up, down] = [heightOf(on), heightOf(off)];
    context.fillStyle = theme.on;
    context.fillRect(x, middle - 0.5 - up, BAR_WIDTH, up);
    context.fillStyle = theme.off;
    context.fillRect(x, middle + 0.5, BAR_WIDTH, down);
  }
  const y = height - 6.5;
  const colour = theme.ink3;
  const [start, end] = [`−${age(spanMs).replace(".0", "")}`, "now"];
  const used =
    write(surface, theme, start, 0, y, { colour }) +
    write(surface, theme, end, width, y, { colour, align: "right" });
  const most = count(view.mostPerMs);
  const words = fitting(
    surface,
    theme,
    [`events per ms, ON up, OFF down, √ to ${most}`, `ON up, OFF down, √ to ${most}/ms`, `√ to ${most}/ms`],
    width - used - 40,
  );
  write(surface, theme, words, width / 2, y, { colour, align: "center" });
}
