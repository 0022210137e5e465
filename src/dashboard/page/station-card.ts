/** The small card with a station's details: one for all stations, below the one that has the focus. */
import { byId, make, setText } from "./dom.ts";

export type Card = {
  readonly title: string;
  readonly rows: ReadonlyArray<{ readonly name: string; readonly value: string; readonly isBad?: boolean }>;
};

const GAP_PX = 6;
const EDGE_PX = 16;

const element = byId("station-card");
let opened: { readonly by: HTMLElement; readonly cardOf: () => Card } | undefined;

addEventListener("keydown", (event) => {
  if (event.key === "Escape" && opened !== undefined) closeCard(opened.by);
});
// It stands at its station only as long as nothing moves.
for (const moving of ["scroll", "resize"])
  addEventListener(moving, () => opened !== undefined && place(opened.by));

export function openCard(by: HTMLElement, cardOf: () => Card): void {
  opened?.by.removeAttribute("aria-describedby");
  opened = { by, cardOf };
  by.setAttribute("aria-describedby", element.id);
  refreshCard();
  if (!element.matches(":popover-open")) element.showPopover();
  place(by);
}

/** True when it was open there. */
export function closeCard(by: HTMLElement): boolean {
  if (opened?.by !== by) return false;
  by.removeAttribute("aria-describedby");
  opened = undefined;
  element.hidePopover();
  return true;
}

/** Called four times a second. */
export function refreshCard(): void {
  if (opened === undefined) return;
  const { title, rows } = opened.cardOf();
  const key = JSON.stringify([title, rows.map(({ name, isBad }) => [name, isBad])]);
  if (element.dataset.key !== key) {
    element.dataset.key = key;
    element.replaceChildren(make("h3", "", title), listOf(rows));
  }
  const values = element.querySelectorAll("dd");
  rows.forEach(({ value }, i) => {
    const shown = values[i];
    if (shown !== undefined) setText(shown, value);
  });
}

function listOf(rows: Card["rows"]): HTMLElement {
  const list = make("dl");
  for (const { name, value, isBad } of rows)
    list.append(make("dt", isBad ? "bad" : "", name), make("dd", isBad ? "bad" : "", value));
  return list;
}

/** Below the station, above it where there is no room, and never out of the window. */
function place(by: HTMLElement): void {
  const at = by.getBoundingClientRect();
  const { width, height } = element.getBoundingClientRect();
  const left = Math.max(EDGE_PX, Math.min(at.left, innerWidth - width - EDGE_PX));
  const below = at.bottom + GAP_PX;
  const top = below + height <= innerHeight - EDGE_PX ? below : Math.max(EDGE_PX, at.top - height - GAP_PX);
  element.style.left = `${left}px`;
  element.style.top = `${top}px`;
}
