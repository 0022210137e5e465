/**
 * Where filters learned by STDP pay against imprinted patches and balanced random filters: a linear readout of few
 * labels, under conditions. Settings of each kind of filters are chosen for each condition by itself among CANDIDATES,
 * on the last 10,000 training digits, and stand in PICKED.
 *
 * usage: node scripts/measure-where-stdp-pays.mjs --val | --test [--seeds 1,2,3] [--draws 3]
 *          [--only "8 maps;300 labels"] [--kinds stdp,imprinted] [--all] [--json]
 *   --val   learn from the first 50,000 training digits, judge the last 10,000; --all: every candidate
 *   --test  learn from all 60,000, judge the 10,000 test digits
 */
import { stderr } from "node:process";
import { parseArgs } from "node:util";
import { openMnist } from "../dist/datasets/mnist.js";
import { featuresOf } from "./flagship-parts.mjs";
import { drawn, learn, makeFilters, only, percentOf, slice, turned, worsen } from "./where-parts.mjs";

const VAL_FROM = 50_000;
const CONTROL_IMAGES = 3000;
const OLD = [0, 1, 2, 3, 4];
const NEW = [5, 6, 7, 8, 9];

/** Lower threshold of use (the upper one is 1.3 times that) and ones of a control's filter. */
const CANDIDATES = {
  stdp: [{ low: 14 }, { low: 17 }],
  imprinted: [
    { ones: 31, low: 20 },
    { ones: 25, low: 15 },
  ],
  random: [
    { ones: 40, low: 17 },
    { ones: 31, low: 11 },
  ],
};

/** What was best on --val --all, as an index into CANDIDATES; otherwise the first. */
const FEW_MAPS = { stdp: 1, imprinted: 1, random: 1 };
const PICKED = {
  "4 maps": FEW_MAPS,
  "8 maps": FEW_MAPS,
  "16 maps": FEW_MAPS,
  "salt and pepper 5 %, judged": { stdp: 1 },
  "salt and pepper 5 %, all": { stdp: 1 },
  "Gaussian 0.15, all": { stdp: 1 },
  "missing 30 %, all": { imprinted: 1 },
};

/**
 * maps, labels; noise: how pixels are made worse, on what is judged or on everything; filters: digits they are made of;
 * judged: digits that are learned and judged; drift: what happens to all images after filters were made, and whether
 * filters follow.
 */
const CONDITIONS = {
  "1,000 labels": {},
  "300 labels": { labels: 300 },
  "100 labels": { labels: 100 },
  "4 maps": { maps: 4 },
  "8 maps": { maps: 8 },
  "16 maps": { maps: 16 },
  "32 maps": { maps: 32 },
  "salt and pepper 5 %, judged": { noise: "salt and pepper 5 %", where: "judged" },
  "salt and pepper 5 %, all": { noise: "salt and pepper 5 %", where: "all" },
  "Gaussian 0.15, judged": { noise: "Gaussian 0.15", where: "judged" },
  "Gaussian 0.15, all": { noise: "Gaussian 0.15", where: "all" },
  "missing 30 %, judged": { noise: "missing 30 %", where: "judged" },
  "missing 30 %, all": { noise: "missing 30 %", where: "all" },
  "filters of 0-4, readout of 5-9": { filters: OLD, judged: NEW },
  "inverted, filters stay, 300 labels": { noise: "inverted", where: "later", labels: 300 },
  "inverted, filters follow, 300 labels": { noise: "inverted", where: "later", labels: 300, follow: true },
  "turned, filters stay, 300 labels": { turn: true, labels: 300 },
  "turned, filters follow, 300 labels": { turn: true, labels: 300, follow: true },
};

const { values: flags } = parseArgs({
  options: {
    val: { type: "boolean", default: false },
    test: { type: "boolean", default: false },
    all: { type: "boolean", default: false },
    seeds: { type: "string", default: "1,2,3" },
    draws: { type: "string", default: "3" },
    only: { type: "string" },
    kinds: { type: "string", default: "stdp,imprinted,random" },
    json: { type: "boolean", default: false },
  },
});
if (flags.val === flags.test) throw new Error("Expected either --val or --test; give one of them.");
if (flags.test && flags.all)
  throw new Error("Expected --all with --val: settings are not chosen on test digits.");

/** The images filters are made of, those of the readout's lessons, and those that are judged. */
function worldOf({ noise = "none", where, filters, judged, turn = false }) {
  const { train, test } = mnist;
  const whole = flags.val ? slice(train, 0, VAL_FROM) : slice(train, 0, train.count);
  const apart = flags.val ? slice(train, VAL_FROM, train.count) : slice(test, 0, test.count);
  const pool = judged === undefined ? whole : only(whole, judged);
  const most = Math.min(pool.labels.length, 10_000);
  const lessons = drawn(pool, most - (most % 100), 99);
  const made = slice(filters === undefined ? whole : only(whole, filters), 0, CONTROL_IMAGES);
  const told = judged === undefined ? apart : only(apart, judged);
  const now = (part) => (turn ? turned(part) : part);
  const worse = (part, at, seed) => (at.includes(where) ? worsen(part, noise, seed) : part);
  return {
    filters: worse(made, ["all"], 1),
    later: now(worse(made, ["later", "all"], 1)),
    lessons: now(worse(lessons, ["later", "all"], 2)),
    judged: now(worse(told, ["judged", "later", "all"], 3)),
  };
}

/** Filters that follow learn on, or are imprinted anew. */
function filtersFor(kind, { maps = 64, follow = false }, seed, setting, world) {
  if (!follow || kind === "random") return makeFilters(kind, { maps, seed, setting }, world.filters.images);
  if (kind === "imprinted") return makeFilters(kind, { maps, seed, setting }, world.later.images);
  const made = makeFilters(kind, { maps, seed, setting }, world.filters.images);
  learn(made, world.later.images, CONTROL_IMAGES);
  return made;
}

/** Mean over draws of the labels, for each seed. */
function measure(kind, condition, setting, world) {
  const draws = Array.from({ length: Number(flags.draws) }, (_, k) => k + 1);
  return flags.seeds.split(",").map((text) => {
    const made = filtersFor(kind, condition, Number(text), setting, world);
    const judged = featuresOf(made, world.judged);
    const found = draws.map((draw) =>
      percentOf(made, drawn(world.lessons, condition.labels ?? 1000, draw), judged),
    );
    made.network.dispose();
    return found.reduce((sum, value) => sum + value) / found.length;
  });
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
/** Standard error of the mean over seeds. */
function errorOf(values) {
  if (values.length < 2) return Number.NaN;
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)) / (values.length - 1));
}

const round = (value) => +value.toFixed(2);
const mnist = openMnist();
const wanted = flags.only?.split(";") ?? Object.keys(CONDITIONS);
const rows = [];
for (const [name, condition] of Object.entries(CONDITIONS)) {
  if (!wanted.some((each) => name.startsWith(each))) continue;
  const world = worldOf(condition);
  for (const kind of flags.kinds.split(",")) {
    const usual = PICKED[name]?.[kind] ?? 0;
    for (const [index, setting] of CANDIDATES[kind].entries()) {
      if (!flags.all && index !== usual) continue;
      const seeds = measure(kind, condition, setting, world);
      const row = {
        condition: name,
        kind,
        setting: index,
        mean: round(mean(seeds)),
        error: round(errorOf(seeds)),
      };
      rows.push({ ...row, seeds: seeds.map(round) });
      stderr.write(`${name}  ${kind} ${index}  ${row.mean.toFixed(2)} ± ${row.error.toFixed(2)}\n`);
    }
  }
}
if (flags.json) {
  console.log(JSON.stringify({ protocol: flags.val ? "val" : "test", draws: Number(flags.draws), rows }));
} else {
  for (const { condition, kind, setting, mean: percent, error, seeds } of rows) {
    const cells = [condition.padEnd(40), kind.padEnd(10), setting, percent.toFixed(2), "±", error.toFixed(2)];
    console.log(cells.join(" "), "  ", seeds.join(" "));
  }
}
