/** The panel Sees: the event picture, how big it is, and words where there is nothing to see. */
import type { EventPicture, Snapshot } from "../../core/telemetry.ts";
import { byId, canvasById, setText } from "./dom.ts";
import { age, rate } from "./format.ts";
import type { Moment } from "./moment.ts";
import { drawPicture, hasFaded, scaleFor, TAU_MS } from "./picture.ts";
import type { Theme } from "./theme.ts";

/** A scene may rest this long before the page wonders. */
const QUIET_MS = 3000;
/** With reduced motion: two still pictures a second. */
const STILL_MS = 500;

const canvas = canvasById("picture");
const room = byId("sees-room");
const well = byId("sees-well");
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

let drawn: EventPicture | undefined;
let drawnAtMs = Number.NEGATIVE_INFINITY;
let isBlank = false;

setText(byId("ramp-middle"), `τ ${TAU_MS}\u00a0ms`);
setText(byId("ramp-end"), `${3 * TAU_MS}\u00a0ms`);
// A new size clears the canvas, so the picture is drawn again.
new ResizeObserver(redrawPicture).observe(room);

/** Draws at the next occasion, whatever is there already. */
export function redrawPicture(): void {
  drawn = undefined;
  isBlank = false;
}

/** Called at every animation frame; draws only what changed or aged. */
export function showPicture({ snapshot, arrivedMs, nowMs }: Moment, theme: Theme): void {
  const { picture } = snapshot;
  if (picture === undefined) return;
  const isNew = picture !== drawn;
  const still = stillness.matches;
  if (still ? !isNew || nowMs - drawnAtMs < STILL_MS : !isNew && isBlank) return;
  sizeCanvas(picture);
  const sinceMs = still ? 0 : Math.max(0, nowMs - arrivedMs);
  drawPicture(canvas, picture, theme, sinceMs);
  drawn = picture;
  drawnAtMs = nowMs;
  isBlank = hasFaded(sinceMs);
}

function sizeCanvas(picture: EventPicture): void {
  const ratio = devicePixelRatio || 1;
  const scale = scaleFor(picture, room.clientWidth * ratio, room.clientHeight * ratio);
  const [width, height] = [picture.width * scale, picture.height * scale];
  if (canvas.width === width && canvas.height === height) return;
  canvas.width = width;
  canvas.height = height;
  // A picture larger than the room at one device pixel each is shrunk rather than cut.
  const shrink = Math.min(1, (room.clientWidth * ratio) / width, (room.clientHeight * ratio) / height);
  canvas.style.width = `${(width * shrink) / ratio}px`;
  canvas.style.height = `${(height * shrink) / ratio}px`;
}

/** Called four times a second. */
export function showSees(moment: Moment): void {
  const { snapshot } = moment;
  const { picture } = snapshot;
  setText(byId("sees-size"), picture === undefined ? "–" : `${picture.width} × ${picture.height}\u00a0px`);
  setText(byId("event-rate"), rate(snapshot.eventsPerSecond, "events"));
  well.classList.toggle("empty", picture === undefined);
  const words = wordsFor(snapshot, moment);
  setText(byId("sees-words"), words);
  byId("sees-words").classList.toggle("alert", snapshot.state === "failed");
  canvas.setAttribute(
    "aria-label",
    `Picture of the newest events, ${rate(snapshot.eventsPerSecond, "events")}`,
  );
}

function wordsFor({ state, message, picture }: Snapshot, { quietSinceMs, nowMs }: Moment): string {
  switch (state) {
    case "opening":
      return message ?? "Opening the source.";
    case "ended":
      return message ?? "The source has ended.";
    case "failed":
      return message ?? "The source failed.";
    case "running": {
      const quietMs = quietSinceMs === undefined ? 0 : nowMs - quietSinceMs;
      if (quietMs > QUIET_MS)
        return `No events for ${age(quietMs)}. A still scene gives none. Is the lens cap on?`;
      return picture === undefined ? "No picture yet." : "";
    }
  }
}
