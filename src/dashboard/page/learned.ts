/** The panel Learned: the mean receptive field of each group of neurons, what it is called, and how much it says. */
import type { Control } from "../../core/control.ts";
import type { Learned, Snapshot } from "../../core/telemetry.ts";
import { byId, canvasById, setText } from "./dom.ts";
import { capitalised, count, percent, UNKNOWN } from "./format.ts";
import { type Part, type Tiles, tilesOf } from "./learned-parts.ts";
import type { Moment } from "./moment.ts";
import { editName } from "./naming.ts";
import { groupWord } from "./raster-bands.ts";
import { allowReset, onReset } from "./reset-dialog.ts";
import type { Theme } from "./theme.ts";
import { drawFields, type Place } from "./tiles-field.ts";
import { columns, focusTile, onTile, shownTiles, showTiles, tileAt } from "./tiles-grid.ts";
import { pagesOf, placeAfter, TILES_PER_PAGE } from "./tiles-order.ts";

/** Fields are drawn at most twice a second. */
const FIELDS_EVERY_MS = 500;
const LABEL_EVERY_MS = 2000;
/** A tile waits this long for the answer to a new name, then shows again what is. */
const ASKED_MS = 2000;

const canvas = canvasById("fields");
const room = byId("tiles-room");
let send: (control: Control) => boolean = () => false;
let learned: Learned | undefined;
/** What of it is shown, and that as tiles. */
let part: Part = "main";
let tiles: Tiles | undefined;
let page = 0;
let winner: number | undefined;
let isDisabled = true;
let editing: { readonly group: number; readonly leave: () => void } | undefined;
/** A name that was sent: what was learned does not have it before its revision grows. */
let asked: { readonly group: number; readonly name: string; readonly untilMs: number } | undefined;
let nowMs = 0;
let labelAtMs = Number.NEGATIVE_INFINITY;
let drawnAtMs = Number.NEGATIVE_INFINITY;
let drawn: { readonly tiles: Tiles; readonly theme: Theme; readonly page: number } | undefined;

new ResizeObserver(() => {
  drawn = undefined;
  drawnAtMs = Number.NEGATIVE_INFINITY;
}).observe(room);

/** The newest of what was learned replaces all before it. */
export function setLearned(next: Learned): void {
  learned = next;
  if (next.features === undefined) part = "main";
  tiles = tilesOf(next, part);
  page = Math.min(page, pagesOf(tiles.groups.length) - 1);
  if (editing !== undefined && editing.group >= next.groups.length) editing.leave();
  const answered = asked === undefined ? undefined : next.groups[asked.group];
  if (answered !== undefined && (answered.name ?? "") === asked?.name) asked = undefined;
}

export const newestLearned = (): Learned | undefined => learned;

/** What a group is called, or undefined while it has no name. */
export const groupName = (group: number): string | undefined => learned?.groups[group]?.name;

/** Called once at the start; `wish` says whether it went out. */
export function connectLearned(wish: (control: Control) => boolean): void {
  send = wish;
}

/** Opens the name of the group that answered last. */
export function nameWinner(): void {
  if (winner === undefined || learned === undefined || !tilesOf(learned, "main").canName) return;
  show("main");
  edit(winner);
}

/** Turns to the groups or classes, or to the features below them. */
function show(next: Part): void {
  if (learned === undefined || next === part) return;
  editing?.leave();
  part = next;
  tiles = tilesOf(learned, part);
  page = 0;
  labelAtMs = Number.NEGATIVE_INFINITY;
  drawnAtMs = Number.NEGATIVE_INFINITY;
  fillTiles();
}

onReset(() => send({ kind: "reset" }));
onTile((place) => edit(page * TILES_PER_PAGE + place), moveFocus);
byId("part-main").addEventListener("click", () => show("main"));
byId("part-features").addEventListener("click", () => show("features"));
byId("tiles-back").addEventListener("click", () => turnTo(page - 1));
byId("tiles-on").addEventListener("click", () => turnTo(page + 1));

function turnTo(next: number): void {
  const pages = pagesOf(tiles?.groups.length ?? 0);
  const to = Math.min(Math.max(next, 0), pages - 1);
  if (to === page) return;
  editing?.leave();
  page = to;
  labelAtMs = Number.NEGATIVE_INFINITY;
  drawnAtMs = Number.NEGATIVE_INFINITY;
  fillTiles();
}

/** True when the key was one of those that move. */
function moveFocus(key: string, place: number): boolean {
  const groups = tiles?.groups.length ?? 0;
  const to = placeAfter(key, page * TILES_PER_PAGE + place, { groups, columns: columns() });
  if (to === undefined) return false;
  turnTo(Math.floor(to / TILES_PER_PAGE));
  focusTile(to % TILES_PER_PAGE);
  return true;
}

function edit(group: number): void {
  const content = tiles?.groups[group];
  if (tiles?.canName !== true || isDisabled || content === undefined || editing?.group === group) return;
  editing?.leave();
  turnTo(Math.floor(group / TILES_PER_PAGE));
  const place = group % TILES_PER_PAGE;
  const tile = tileAt(place);
  if (tile === undefined) return;
  const leave = editName(
    tile.cell,
    content.name ?? "",
    `Name of ${groupWord(group)}`,
    ({ name, isByKey }) => {
      editing = undefined;
      if (name !== undefined && (name !== "" || content.isGiven) && send({ kind: "name", group, name }))
        asked = { group, name, untilMs: nowMs + ASKED_MS };
      if (isByKey) focusTile(place);
    },
  );
  editing = { group, leave };
  showHint(undefined);
}

/** Called four times a second, also while the link is lost: then nothing here can be used. */
export function showLearned(moment: Moment, theme: Theme): void {
  nowMs = moment.nowMs;
  isDisabled = moment.link.kind !== "open";
  winner = moment.snapshot.decision?.group;
  if (asked !== undefined && nowMs > asked.untilMs) asked = undefined;
  if (isDisabled) editing?.leave();
  allowReset(!isDisabled && learned !== undefined);
  showHeader(moment.snapshot);
  fillTiles();
  if (nowMs - labelAtMs >= LABEL_EVERY_MS) labelAtMs = nowMs;
  if (tiles === undefined || nowMs - drawnAtMs < FIELDS_EVERY_MS) return;
  if (drawn?.tiles === tiles && drawn.theme === theme && drawn.page === page) return;
  drawn = { tiles, theme, page };
  drawnAtMs = nowMs;
  draw(tiles, theme);
}

function showHeader({ learning, rewardable }: Snapshot): void {
  const groups = tiles?.groups ?? [];
  const isNoise = groups.length > 0 && groups.every(({ isForming }) => isForming);
  showHint({ isNoise, isLearning: learning, isTaught: rewardable === "reward" });
  const change = learned?.changePerMinute;
  const moving = change === undefined ? UNKNOWN : percent(change, change < 0.1 ? 1 : 0);
  const state = learning ? `weights move ${moving}/min` : "learning is off: fields hold still";
  setText(byId("learned-state"), learned === undefined || (isNoise && !learning) ? "" : state);
  byId("parts").hidden = learned?.features === undefined;
  setText(byId("part-main"), learned?.kind ?? "groups");
  byId("part-main").setAttribute("aria-pressed", String(part === "main"));
  byId("part-features").setAttribute("aria-pressed", String(part === "features"));
  showPages(groups.length);
}

function showPages(groups: number): void {
  const pages = pagesOf(groups);
  const plural = tiles?.plural ?? "groups";
  const [first, last] = [page * TILES_PER_PAGE + 1, Math.min(groups, (page + 1) * TILES_PER_PAGE)];
  const shown = pages > 1 ? `${first}–${last} of ${count(groups)} ${plural}` : `${groups} ${plural}`;
  setText(byId("learned-count"), groups === 0 ? "" : shown);
  const winnerPage = winner === undefined || part !== "main" ? page : Math.floor(winner / TILES_PER_PAGE);
  for (const [id, isAtEnd, hasWinner, where] of [
    ["tiles-back", page === 0, winnerPage < page, "before"],
    ["tiles-on", page >= pages - 1, winnerPage > page && winnerPage < pages, "after"],
  ] as const) {
    const button = byId(id);
    const words = `${capitalised(plural)} ${where}`;
    button.hidden = pages <= 1;
    button.toggleAttribute("disabled", isDisabled || isAtEnd);
    button.classList.toggle("has-winner", hasWinner);
    button.setAttribute("aria-label", hasWinner ? `${words}; the newest answer is there` : words);
  }
}

type Hint = { readonly isNoise: boolean; readonly isLearning: boolean; readonly isTaught: boolean };

function showHint(state: Hint | undefined): void {
  let words = "";
  if (editing !== undefined) words = "Enter keeps, Esc leaves";
  else if (learned === undefined) words = "Nothing is known yet.";
  else if (isDisabled || state === undefined) words = "";
  else if (part === "features") words = "what each feature looks for";
  else if (!state.isNoise)
    words = state.isTaught ? "Wrong, then a new name, adds a class" : "click a tile to name it";
  else if (state.isLearning) words = "Fields are noise now; shapes appear in about a minute.";
  else words = "Fields are noise now. Switch learning on; shapes appear in about a minute.";
  setText(byId("learned-hint"), words);
  byId("learned-hint").title = words;
}

function fillTiles(): void {
  const { groups, noun, of, canName } = tiles ?? { groups: [], noun: "", of: "", canName: false };
  const first = page * TILES_PER_PAGE;
  byId("tiles").classList.toggle("nameable", canName);
  const contents = groups.slice(first, first + TILES_PER_PAGE).map((content, i) => ({
    group: first + i,
    content,
    groups: groups.length,
    label: `${noun} ${first + i + 1}`,
    of,
    isWinner: part === "main" && first + i === winner,
    isAsked: asked?.group === first + i,
  }));
  showTiles(contents, isDisabled, nowMs - labelAtMs >= LABEL_EVERY_MS);
}

function draw({ fields, plural }: Tiles, theme: Theme): void {
  const ratio = devicePixelRatio || 1;
  const outer = canvas.getBoundingClientRect();
  const [width, height] = [Math.round(outer.width * ratio), Math.round(outer.height * ratio)];
  if (width === 0 || height === 0) return;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const places = shownTiles().map(({ well }, i): Place => {
    const box = well.getBoundingClientRect();
    const x = Math.round((box.left - outer.left) * ratio);
    const y = Math.round((box.top - outer.top) * ratio);
    const size = { width: Math.round(box.width * ratio), height: Math.round(box.height * ratio) };
    return { group: page * TILES_PER_PAGE + i, x, y, ...size };
  });
  drawFields(canvas, fields, places, theme);
  const last = page * TILES_PER_PAGE + places.length;
  canvas.setAttribute(
    "aria-label",
    `Mean receptive fields of ${plural} ${page * TILES_PER_PAGE + 1} to ${last}`,
  );
}
