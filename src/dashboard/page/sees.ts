/** The panel Sees: the event picture and how it fades, its rates, and words where there is nothing to see. */
import type { EventPicture, Snapshot } from "../../core/telemetry.ts";
import { byId, canvasById, setText, surfaceOf } from "./dom.ts";
import { age, rate, UNKNOWN } from "./format.ts";
import type { Moment } from "./moment.ts";
import { drawPicture, hasFaded, scaleFor } from "./picture.ts";
import { RateHistory } from "./rate-history.ts";
import { timeBaseMs } from "./spikes.ts";
import { drawStrip, mostPerMs } from "./strip.ts";
import type { Theme } from "./theme.ts";

/** A scene may rest this long before the page wonders. */
const QUIET_MS = 3000;
/** With reduced motion: two still pictures a second. */
const STILL_MS = 500;
const LABEL_EVERY_MS = 2000;
/** Time constants of the fading, and the one to begin with. */
const TAUS_MS = [10, 30, 100, 300, Number.POSITIVE_INFINITY] as const;
const FIRST_TAU = 1;
const canvas = canvasById("picture");
const strip = canvasById("strip");
const room = byId("sees-room");
const well = byId("sees-well");
const stillness = matchMedia("(prefers-reduced-motion: reduce)");
const history = new RateHistory();

let tau = FIRST_TAU;
let drawn: EventPicture | undefined;
let drawnAtMs = Number.NEGATIVE_INFINITY;
let isBlank = false;
let stripAtMs = Number.NEGATIVE_INFINITY;
let stripOf: Snapshot | undefined;
let labelAtMs = Number.NEGATIVE_INFINITY;

const tauMs = (): number => TAUS_MS[tau] ?? Number.POSITIVE_INFINITY;

byId("decay-less").addEventListener("click", () => stepDecay(-1));
byId("decay-more").addEventListener("click", () => stepDecay(1));
showLegend();
// A new size clears the canvases, so they are drawn again.
new ResizeObserver(redrawPicture).observe(room);

/** Draws at the next occasion, whatever is there already. */
export function redrawPicture(): void {
  drawn = undefined;
  isBlank = false;
  stripOf = undefined;
}

/** To the next longer or shorter time constant. */
export function stepDecay(direction: 1 | -1): void {
  tau = Math.min(TAUS_MS.length - 1, Math.max(0, tau + direction));
  showLegend();
  redrawPicture();
}

function showLegend(): void {
  const isEndless = tauMs() === Number.POSITIVE_INFINITY;
  setText(byId("ramp-middle"), isEndless ? "" : `τ ${tauMs()}\u00a0ms`);
  setText(byId("ramp-end"), isEndless ? "no end" : `${3 * tauMs()}\u00a0ms`);
  document.querySelector(".ramp")?.classList.toggle("ageless", isEndless);
  byId("decay-less").toggleAttribute("disabled", tau === 0);
  byId("decay-more").toggleAttribute("disabled", isEndless);
}

/** Every snapshot as it arrives: its counts feed the rates. Of a hurried source, per millisecond of its own time. */
export function countEvents({ picture, speed }: Snapshot, arrivedMs: number): void {
  const hurry = Math.max(1, speed.timesRealTime);
  if (picture !== undefined) history.add(picture.on / hurry, picture.off / hurry, arrivedMs);
}

/** Called at every animation frame; draws only what changed or aged. */
export function showPicture(moment: Moment, theme: Theme): void {
  const { snapshot, arrivedMs, nowMs } = moment;
  const { picture } = snapshot;
  if (picture === undefined) return;
  const isNew = picture !== drawn;
  const still = stillness.matches;
  if (still ? !isNew || (drawn !== undefined && nowMs - drawnAtMs < STILL_MS) : !isNew && isBlank) return;
  sizeCanvas(picture);
  const sinceMs = still ? 0 : Math.max(0, nowMs - arrivedMs);
  drawPicture(canvas, picture, theme, { sinceMs, tauMs: tauMs() });
  drawn = picture;
  drawnAtMs = nowMs;
  isBlank = hasFaded(sinceMs, tauMs());
}

/** Called at every animation frame; draws when there are new counts. Without a link it stands still. */
export function showStrip({ snapshot, nowMs, link }: Moment, theme: Theme): void {
  const { picture } = snapshot;
  const isDue = !stillness.matches || nowMs - stripAtMs >= STILL_MS;
  if (picture === undefined || (stripOf !== undefined && (snapshot === stripOf || !isDue))) return;
  if (link.kind !== "open" && stripOf !== undefined) return;
  const surface = surfaceOf(strip);
  if (surface === undefined) return;
  stripOf = snapshot;
  stripAtMs = nowMs;
  const most = mostPerMs(picture.sensorWidth * picture.sensorHeight);
  drawStrip(surface, theme, { history, nowMs, spanMs: timeBaseMs(), mostPerMs: most });
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
  const { snapshot, nowMs } = moment;
  const { picture, eventsPerSecond } = snapshot;
  setText(byId("sees-size"), sizeWords(picture));
  const share = eventsPerSecond === 0 ? 0 : history.onShare(nowMs);
  const [on, off] = [share, share === undefined ? undefined : 1 - share].map((part) =>
    part === undefined ? UNKNOWN : rate(part * eventsPerSecond, "events"),
  );
  setText(byId("on-rate"), on ?? UNKNOWN);
  setText(byId("off-rate"), off ?? UNKNOWN);
  well.classList.toggle("empty", picture === undefined);
  setText(byId("sees-words"), wordsFor(snapshot, moment));
  byId("sees-words").classList.toggle("alert", snapshot.state === "failed");
  if (nowMs - labelAtMs < LABEL_EVERY_MS) return;
  labelAtMs = nowMs;
  canvas.setAttribute("aria-label", `Picture of the newest events: ON ${on}, OFF ${off}.`);
  strip.setAttribute("aria-label", `Events over the last ${age(timeBaseMs())}: now ON ${on}, OFF ${off}.`);
}

function sizeWords(picture: EventPicture | undefined): string {
  if (picture === undefined) return UNKNOWN;
  const { width, height, sensorWidth, sensorHeight } = picture;
  const isWhole = width === sensorWidth && height === sensorHeight;
  return isWhole
    ? `${width} × ${height}\u00a0px`
    : `${sensorWidth} × ${sensorHeight}, shown ${width} × ${height}`;
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
