/** The wave of one frame in the panel Spikes: opened by a click on its answer or by the button, left by Escape. */
import type { AnsweredFrame } from "../../core/telemetry.ts";
import type { SnapshotMessage } from "../protocol.ts";
import { say } from "./announce.ts";
import { nowMs } from "./clock.ts";
import { byId, canvasById, setText, surfaceOf } from "./dom.ts";
import { count, duration } from "./format.ts";
import type { Theme } from "./theme.ts";
import { type KeptWave, WaveHistory } from "./wave-history.ts";
import { drawWave } from "./wave-picture.ts";

const GONE_MS = 3000;
const GONE = "That frame’s wave is gone.";

/** Whether there are waves, and whether one is shown. */
type State = "none" | "closed" | "open";

const canvas = canvasById("wave");
const button = byId("wave-button");
const history = new WaveHistory();
/** What is shown; it stands still while the stream goes on. */
let open: KeptWave | undefined;
let drawn: { readonly kept: KeptWave; readonly theme: Theme } | undefined;
let shownState: State = "none";
let goneUntilMs = Number.NEGATIVE_INFINITY;

new ResizeObserver(() => {
  drawn = undefined;
}).observe(byId("raster-room"));
button.addEventListener("click", () => {
  if (open === undefined) show(history.newest);
  else leave();
});
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || open === undefined) return;
  if (document.querySelector("dialog[open]") === null) leave();
});

/** Every snapshot as it arrives. */
export function addWave(snapshot: SnapshotMessage): void {
  history.add(snapshot);
}

export const isWaveOpen = (): boolean => open !== undefined;

/** Whether frames have waves that can be asked for. */
export const hasWaves = (): boolean => history.newest !== undefined;

/** Shows the frame's wave, or says that it is gone. */
export function openWave({ startUs }: AnsweredFrame): void {
  if (hasWaves()) show(history.at(startUs));
}

function show(kept: KeptWave | undefined): void {
  open = kept;
  if (kept !== undefined) return;
  goneUntilMs = nowMs() + GONE_MS;
  say(GONE);
}

function leave(): void {
  open = undefined;
  drawn = undefined;
}

/** What the panel's header says instead of its own words, or undefined. */
export function waveNote(now: number): string | undefined {
  if (open === undefined) return now < goneUntilMs ? GONE : undefined;
  const { wave, margins, answer } = open;
  const notes = [
    wave.shownOneIn > 1 ? `1 of ${wave.shownOneIn} shown` : "",
    margins === undefined ? "one frame" : `${count(margins.spikes)} spikes`,
    answer === undefined ? "" : `answer ${answer}`,
  ];
  return notes.filter((words) => words !== "").join(" · ");
}

/** Called at every animation frame; draws when there is something else to show. */
export function showWave(theme: Theme): void {
  const state = !hasWaves() ? "none" : open === undefined ? "closed" : "open";
  if (state !== shownState) showControls(state);
  if (open === undefined || (drawn?.kept === open && drawn.theme === theme)) return;
  const surface = surfaceOf(canvas);
  if (surface === undefined) return;
  drawn = { kept: open, theme };
  drawWave(surface, theme, open);
  const { wave } = open;
  const spikes = `${count(wave.offsetUs.length)} spikes of ${count(wave.features)} features`;
  canvas.setAttribute("aria-label", `Wave of one frame: ${spikes} within ${duration(wave.durationUs)}`);
}

function showControls(state: State): void {
  shownState = state;
  const isOpen = state === "open";
  button.hidden = state === "none";
  canvas.hidden = !isOpen;
  setText(button, isOpen ? "Back" : "Wave");
  button.title = isOpen ? "Back to all frames: Esc" : "The newest frame, spike by spike";
  button.setAttribute("aria-pressed", String(isOpen));
}
