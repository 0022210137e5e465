/**
 * The tiles of one page of groups as a grid with one tab stop: arrows move, Enter names. The elements are made once
 * and only their contents change, so that a focus and a field being written in stay.
 */
import type { NeuronGroup } from "../../core/telemetry.ts";
import { byId, make, setPercent, setText } from "./dom.ts";
import { percent } from "./format.ts";
import { TILES_PER_PAGE } from "./tiles-order.ts";

/** An even share of the spikes fills a quarter of a bar. */
const FULL_SHARES = 4;

export type Tile = {
  readonly cell: HTMLElement;
  readonly well: HTMLElement;
  readonly bar: HTMLElement;
  readonly name: HTMLElement;
};

const grid = byId("tiles");
const isPhone = matchMedia("(max-width: 719px)");
const tiles: readonly Tile[] = Array.from({ length: TILES_PER_PAGE }, makeTile);
let focused = 0;

function makeTile(): Tile {
  const cell = make("div", "tile");
  cell.setAttribute("role", "gridcell");
  const [well, share, bar, name] = [
    make("span", "field"),
    make("span", "share"),
    make("i"),
    make("b", "name"),
  ];
  share.append(bar);
  cell.append(well, share, name);
  return { cell, well, bar, name };
}

export const columns = (): number => (isPhone.matches ? 5 : 10);

function arrange(): void {
  const perRow = columns();
  const rows = Array.from({ length: TILES_PER_PAGE / perRow }, (_, row) => {
    const element = make("div", "tile-row");
    element.setAttribute("role", "row");
    element.append(...tiles.slice(row * perRow, (row + 1) * perRow).map(({ cell }) => cell));
    return element;
  });
  grid.replaceChildren(...rows);
}

arrange();
isPhone.addEventListener("change", arrange);

export const tileAt = (place: number): Tile | undefined => tiles[place];

/** The tiles that show a group, in order. */
export const shownTiles = (): readonly Tile[] => tiles.filter(({ cell }) => !cell.hidden);

export function onTile(choose: (place: number) => void, move: (key: string, place: number) => boolean): void {
  tiles.forEach(({ cell }, place) => {
    cell.addEventListener("click", () => choose(place));
    cell.addEventListener("focus", () => setTabStop(place));
    cell.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const isTaken = event.key === "Enter" ? true : move(event.key, place);
      if (event.key === "Enter") choose(place);
      // An arrow here moves between tiles and does not scroll the page.
      if (isTaken) event.preventDefault();
    });
  });
}

function setTabStop(place: number): void {
  focused = place;
  tiles.forEach(({ cell }, i) => {
    cell.tabIndex = i === place ? 0 : -1;
  });
}

export function focusTile(place: number): void {
  setTabStop(place);
  tiles[place]?.cell.focus();
}

/** What one tile shows; the field itself is drawn elsewhere. */
export type TileContent = {
  readonly group: number;
  readonly content: NeuronGroup;
  readonly groups: number;
  /** "group 3", and what its share is a share of. */
  readonly label: string;
  readonly of: string;
  readonly isWinner: boolean;
  /** A name was sent and not answered yet. */
  readonly isAsked: boolean;
};

/** What labels call a field that is noise still says nothing; what a person calls it stands. */
const isNoise = ({ isForming, isGiven }: NeuronGroup) => isForming && !isGiven;
const wordOf = (group: NeuronGroup) => (isNoise(group) ? "forming" : (group.name ?? "name it"));

export function showTiles(contents: readonly TileContent[], isDisabled: boolean, isNewLabel: boolean): void {
  if (focused >= contents.length) setTabStop(Math.max(0, contents.length - 1));
  tiles.forEach((tile, place) => {
    const shown = contents[place];
    tile.cell.hidden = shown === undefined;
    if (shown !== undefined) showTile(tile, shown, isNewLabel);
    tile.cell.setAttribute("aria-disabled", String(isDisabled));
    tile.cell.tabIndex = place === focused && !isDisabled ? 0 : -1;
  });
  // A row of nothing is none.
  for (const row of grid.children)
    row.toggleAttribute(
      "hidden",
      [...row.children].every((cell) => cell.hasAttribute("hidden")),
    );
}

function showTile(
  tile: Tile,
  { group, content, groups, label, of, isWinner, isAsked }: TileContent,
  isNewLabel: boolean,
): void {
  const word = wordOf(content);
  setText(tile.name, word);
  setPercent(tile.bar, "width", (content.share * groups) / FULL_SHARES);
  const { classList } = tile.cell;
  classList.toggle("winner", isWinner);
  classList.toggle("unnamed", content.name === undefined && !isNoise(content));
  classList.toggle("forming", isNoise(content));
  tile.cell.setAttribute("aria-busy", String(isAsked));
  const share = `${percent(content.share)} of the ${of} of the last minute`;
  const given = content.isGiven ? ", named by hand" : "";
  const title = `${label}: ${word}${given}, ${share}`;
  if (!isNewLabel && tile.cell.dataset.word === word && tile.cell.dataset.label === label) return;
  tile.cell.dataset.label = label;
  tile.cell.dataset.group = String(group);
  tile.cell.dataset.word = word;
  tile.cell.title = title;
  tile.cell.setAttribute("aria-label", isWinner ? `${title}, newest answer` : title);
}
