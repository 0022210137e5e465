// What the measurements of live learning share: the live graph driven as a page drives it, a copy of the model judged on
// unseen digits, and curves as SVG. After npm run build.
import { map, Subject, tap } from "rxjs";
import { LiveGraph } from "../dist/pipeline/live-graph.js";
import { RewardReadout } from "../dist/readout/reward.js";

/** A sensor as it is, but for what `relabel` makes of its truth; `truths` hears the truth of every episode. */
export function relabelled(sensor, relabel, truths = new Map()) {
  const strip = (batch) => {
    if (batch.episode === undefined) return batch;
    truths.set(batch.episode.name, batch.episode.label);
    return { ...batch, episode: { ...batch.episode, label: relabel(batch.episode.label) } };
  };
  return new Proxy(sensor, {
    get: (target, name) => {
      if (name === "open") return () => target.open().pipe(map(strip));
      const value = target[name];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/**
 * Runs until `onDecision` answers "stop" or the sensor ends. It may send Control messages as the page does.
 * @param onDecision (decision, send) => "stop" | undefined
 */
export async function runLive({ sensor, model, learn }, onDecision) {
  const control$ = new Subject();
  const graph = new LiveGraph({ sensor, model, learn, control$ });
  await new Promise((resolve, reject) => {
    graph
      .decisions()
      .pipe(
        tap((decision) => {
          const send = (control) => control$.next(control);
          if (onDecision(decision, send) === "stop") control$.next({ kind: "stop" });
        }),
      )
      .subscribe({ error: reject, complete: resolve });
  });
  return graph;
}

/** Answers of the model as it stands to frames whose feature spikes are given; the model itself sees nothing. */
export function answersOf(model, spikes) {
  const { description, tensors } = model.capture({ framesLearned: 0, source: "" });
  const { classNames: _, ...readoutDescription } = description.readout;
  const readout = RewardReadout.restore(readoutDescription, tensors);
  const { labels } = readout.judge(spikes);
  readout.dispose();
  return labels;
}

const SIZE = { width: 720, height: 400, left: 60, right: 150, top: 30, bottom: 50 };

/** @param curves [{name, colour, points: [[x, y 0..1]], isThin}] */
export function curvesAsSvg({ title, xTitle, most, curves }) {
  const { width, height, left, right, top, bottom } = SIZE;
  const x = (value) => left + (value / most) * (width - left - right);
  const y = (value) => height - bottom - value * (height - top - bottom);
  const text = (at, down, words, more = "") =>
    `<text x="${at.toFixed(1)}" y="${down.toFixed(1)}" ${more}>${words}</text>`;
  const grid = [0, 0.2, 0.4, 0.6, 0.8, 0.9, 1].map(
    (share) =>
      `<path d="M${left} ${y(share)}H${width - right}" stroke="#ccc"/>` +
      text(left - 8, y(share) + 4, `${Math.round(100 * share)} %`, 'text-anchor="end"'),
  );
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1].map((share) =>
    text(x(share * most), height - bottom + 18, `${Math.round(share * most)}`, 'text-anchor="middle"'),
  );
  const lines = curves.map(({ colour, points, isThin }) => {
    const path = points.map(([at, share]) => `${x(at).toFixed(1)} ${y(share).toFixed(1)}`).join("L");
    return `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="${isThin ? 1 : 2.5}" opacity="${isThin ? 0.4 : 1}"/>`;
  });
  const names = curves
    .filter(({ name }) => name !== undefined)
    .map(({ name, colour }, index) =>
      text(width - right + 10, top + 20 + 18 * index, name, `fill="${colour}"`),
    );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    text(left, 18, title, 'font-size="14"'),
    ...grid,
    ...ticks,
    text((left + width - right) / 2, height - 12, xTitle, 'text-anchor="middle"'),
    ...lines,
    ...names,
    "</svg>\n",
  ].join("\n");
}
