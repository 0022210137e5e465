/** The panel Learned: the mean receptive field of each group of neurons, what it is called, and how much it says. */
import type { Control } from "../../core/control.ts";
import type { Learned } from "../../core/telemetry.ts";
import { byId, canvasById, setText } from "./dom.ts";
import { count, percent, UNKNOWN } from "./format.ts";
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
let page = 0;
let winner: number | undefined;
let isDisabled = true;
let editing: { readonly group: number; readonly leave: () => void } | undefined;
/** A name that was sent: what was learned does not have it before its revision grows. */
let asked: { readonly group: number; readonly name: string; readonly untilMs: number } | undefined;
let nowMs = 0;
let labelAtMs = Number.NEGATIVE_INFINITY;
let drawnAtMs = Number.NEGATIVE_INFINITY;
let drawn: { readonly learned: Learned; readonly theme: Theme; readonly page: number } | undefined;

new ResizeObserver(() => {
  drawn = undefined;
  drawnAtMs = Number.NEGATIVE_INFINITY;
}).observe(room);

/** The newest of what was learned replaces all before it. */
export function setLearned(next: Learned): void {
  learned = next;
  page = Math.min(page, pagesOf(next.groups.length) - 1);
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
  if (winner !== undefined) edit(winner);
}

onReset(() => send({ kind: "reset" }));
onTile((place) => edit(page * TILES_PER_PAGE + place), moveFocus);
byId("tiles-back").addEventListener("click", () => turnTo(page - 1));
byId("tiles-on").addEventListener("click", () => turnTo(page + 1));

function turnTo(next: number): void {
  const pages = pagesOf(learned?.groups.length ?? 0);
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
  const groups = learned?.groups.length ?? 0;
  const to = placeAfter(key, page * TILES_PER_PAGE + place, { groups, columns: columns() });
  if (to === undefined) return false;
  turnTo(Math.floor(to / TILES_PER_PAGE));
  focusTile(to % TILES_PER_PAGE);
  return true;
}

function edit(group: number): void {
  const content = learned?.groups[group];
  if (isDisabled || content === undefined || editing?.group === group) return;
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
  showHeader(moment.snapshot.learning);
  fillTiles();
  if (nowMs - labelAtMs >= LABEL_EVERY_MS) labelAtMs = nowMs;
  if (learned === undefined || nowMs - drawnAtMs < FIELDS_EVERY_MS) return;
  if (drawn?.learned === learned && drawn.theme === theme && drawn.page === page) return;
  drawn = { learned, theme, page };
  drawnAtMs = nowMs;
  draw(learned, theme);
}

function showHeader(isLearning: boolean): void {
  const groups = learned?.groups ?? [];
  const isNoise = groups.length > 0 && groups.every(({ isForming }) => isForming);
  showHint({ isNoise, isLearning });
  const change = learned?.changePerMinute;
  const moving = change === undefined ? UNKNOWN : percent(change, change < 0.1 ? 1 : 0);
  const state = isLearning ? `weights move ${moving}/min` : "learning is off: fields hold still";
  setText(byId("learned-state"), learned === undefined || (isNoise && !isLearning) ? "" : state);
  const pages = pagesOf(groups.length);
  const [first, last] = [page * TILES_PER_PAGE + 1, Math.min(groups.length, (page + 1) * TILES_PER_PAGE)];
  const shown = pages > 1 ? `${first}–${last} of ${count(groups.length)} groups` : `${groups.length} groups`;
  setText(byId("learned-count"), groups.length === 0 ? "" : shown);
  const winnerPage = winner === undefined ? page : Math.floor(winner / TILES_PER_PAGE);
  for (const [id, isAtEnd, hasWinner, words] of [
    ["tiles-back", page === 0, winnerPage < page, "Groups before"],
    ["tiles-on", page >= pages - 1, winnerPage > page && winnerPage < pages, "Groups after"],
  ] as const) {
    const button = byId(id);
    button.hidden = pages <= 1;
    button.toggleAttribute("disabled", isDisabled || isAtEnd);
    button.classList.toggle("has-winner", hasWinner);
    button.setAttribute("aria-label", hasWinner ? `${words}; the newest answer is there` : words);
  }
}

function showHint(state: { readonly isNoise: boolean; readonly isLearning: boolean } | undefined): void {
  let words = "";
  if (editing !== undefined) words = "Enter keeps, Esc leaves";
  else if (learned === undefined) words = "Nothing is known yet.";
  else if (isDisabled || state === undefined) words = "";
  else if (!state.isNoise) words = "click a tile to name it";
  else if (state.isLearning) words = "Fields are noise now; shapes appear in about a minute.";
  else words = "Fields are noise now. Switch learning on; shapes appear in about a minute.";
  setText(byId("learned-hint"), words);
  byId("learned-hint").title = words;
}

function fillTiles(): void {
  const groups = learned?.groups ?? [];
  const first = page * TILES_PER_PAGE;
  const contents = groups.slice(first, first + TILES_PER_PAGE).map((content, i) => ({
    group: first + i,
    content,
    groups: groups.length,
    isWinner: first + i === winner,
    isAsked: asked?.group === first + i,
  }));
  showTiles(contents, isDisabled, nowMs - labelAtMs >= LABEL_EVERY_MS);
}

function draw(newest: Learned, theme: Theme): void {
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
  drawFields(canvas, newest, places, theme);
  const last = page * TILES_PER_PAGE + places.length;
  canvas.setAttribute(
    "aria-label",
    `Mean receptive fields of groups ${page * TILES_PER_PAGE + 1} to ${last}`,
  );
}
