/** Draws accuracy over digits seen: one panel a run, two lines, for the digits learned first and those learned last. */

const [PANEL_WIDTH, PANEL_HEIGHT, LEFT, TOP, GAP] = [420, 180, 46, 28, 58];
const LINES = [
  { key: "old", colour: "#1b6ca8", name: "digits 0–4" },
  { key: "fresh", colour: "#c2571a", name: "digits 5–9" },
];

function panel({ name, curve }, top) {
  const most = curve.at(-1).seen;
  const x = (seen) => LEFT + (seen / most) * PANEL_WIDTH;
  const y = (percent) => top + (1 - percent / 100) * PANEL_HEIGHT;
  const grid = [0, 50, 100].map(
    (percent) =>
      `<line x1="${LEFT}" x2="${LEFT + PANEL_WIDTH}" y1="${y(percent)}" y2="${y(percent)}" stroke="#ddd"/>` +
      `<text x="${LEFT - 6}" y="${y(percent) + 4}" text-anchor="end">${percent} %</text>`,
  );
  const lines = LINES.map(({ key, colour }) => {
    const points = curve.map((point) => `${x(point.seen).toFixed(1)},${y(point[key]).toFixed(1)}`);
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
  });
  const last = curve.at(-1);
  const ends = LINES.map(
    ({ key, colour, name: digits }, k) =>
      `<text x="${LEFT + PANEL_WIDTH + 8}" y="${top + 14 + 18 * k}" fill="${colour}">${digits}: ` +
      `${last[key].toFixed(1)} %</text>`,
  );
  const title = `<text x="${LEFT}" y="${top - 8}" font-weight="bold">${name}: ${last.all.toFixed(2)} % of all</text>`;
  const below = `<text x="${LEFT + PANEL_WIDTH}" y="${top + PANEL_HEIGHT + 16}" text-anchor="end">${most} digits seen</text>`;
  return [title, ...grid, ...lines, ...ends, below].join("\n");
}

/** @param runs each { name, curve: [{ seen, old, fresh, all }, …] }, percent */
export function continualSvg(runs) {
  const height = TOP + runs.length * (PANEL_HEIGHT + GAP);
  const panels = runs.map((run, k) => panel(run, TOP + k * (PANEL_HEIGHT + GAP)));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="${height}" font-family="sans-serif" font-size="12">\n` +
    `<title>Digits 0–4 first, then 5–9: named right over digits seen</title>\n` +
    `<rect width="640" height="${height}" fill="#fff"/>\n${panels.join("\n")}\n</svg>\n`
  );
}
