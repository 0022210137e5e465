/** The panel Spikes: what went in, which neurons spoke, and what was answered, on one axis of stream time. */
import type { AnsweredFrame, Learned } from "../../core/telemetry.ts";
import type { SnapshotMessage } from "../protocol.ts";
import { byId, canvasById, setText, surfaceOf } from "./dom.ts";
import { count, shortCount } from "./format.ts";
import { groupName, newestLearned } from "./learned.ts";
import type { Moment } from "./moment.ts";
import { type Bands, bandsOf, groupWord } from "./raster-bands.ts";
import { drawDots, thinningOf } from "./raster-dots.ts";
import { RasterHistory } from "./raster-history.ts";
import { drawAnswers, drawAxis, drawBands, drawBoundaries, drawInputs, drawUntold } from "./raster-lanes.ts";
import { drawingOf, type Lanes, type RasterView } from "./raster-view.ts";
import type { Theme } from "./theme.ts";
import { addWave, hasWaves, isWaveOpen, openWave, showWave, waveNote } from "./wave.ts";

const TIME_BASES_MS = [200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000] as const;
/** Faster than this a raster that moves with every snapshot cannot be read: it stands for half a second. */
const HURRIED_FROM = 4;
const STILL_MS = 500;
const LABEL_EVERY_MS = 2000;
/** Input spikes a second of one pixel that fill the lane `in` if all pixels do so. */
const FULL_INPUT_HZ = 100;

const canvas = canvasById("raster");
const room = byId("raster-room");
const button = byId("time-base");
const noteElement = byId("spikes-note");
const stillness = matchMedia("(prefers-reduced-motion: reduce)");
const history = new RasterHistory();

let timeBase = 3;
let isStale = true;
let drawnTheme: Theme | undefined;
let drawnLearned: Learned | undefined;
let drawnAtMs = Number.NEGATIVE_INFINITY;
let labelAtMs = Number.NEGATIVE_INFINITY;
let bands: Bands | undefined;
let lanes: Lanes | undefined;
let note = "";
let drawnView: RasterView | undefined;
/** Pixels of the picture: without groups nothing else says how many inputs there are. */
let picturePixels = 0;

new ResizeObserver(() => {
  isStale = true;
}).observe(room);
button.addEventListener("click", () => {
  timeBase = (timeBase + 1) % TIME_BASES_MS.length;
  timeBaseChanged();
});
canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => {
  canvas.title = nameAt(offsetX, offsetY);
  canvas.classList.toggle("clickable", frameAt(offsetX, offsetY) !== undefined);
});
canvas.addEventListener("click", ({ offsetX, offsetY }) => {
  const frame = frameAt(offsetX, offsetY);
  if (frame !== undefined) openWave(frame);
});
timeBaseChanged();

/** The whole name of the band at the left, which may be cut there; elsewhere the panel's own words hold. */
function nameAt(x: number, y: number): string {
  if (lanes === undefined || bands === undefined || x >= lanes.left) return "";
  const share = (y - lanes.rowsTop) / lanes.rowsHeight;
  return bands.names[Math.floor(share * bands.names.length)] ?? "";
}

/** The frame whose answer stands there, where frames have waves. The axis below belongs to it, for fingers. */
function frameAt(x: number, y: number): AnsweredFrame | undefined {
  if (lanes === undefined || drawnView === undefined || !hasWaves()) return undefined;
  if (x < lanes.left || y < lanes.outputTop) return undefined;
  const { fromUs, toUs, stretches } = drawnView;
  const atUs = fromUs + ((x - lanes.left) / lanes.width) * (toUs - fromUs);
  for (const { frames } of stretches)
    for (const frame of frames) if (atUs >= frame.startUs && atUs < frame.endUs) return frame;
  return undefined;
}

export function timeBaseMs(): number {
  return TIME_BASES_MS[timeBase] ?? 2000;
}

/** One step longer (1) or shorter (−1); at the ends it stays. */
export function stepTimeBase(direction: 1 | -1): void {
  timeBase = Math.min(Math.max(timeBase + direction, 0), TIME_BASES_MS.length - 1);
  timeBaseChanged();
}

function timeBaseChanged(): void {
  const text = `${timeBaseMs() / 1000}\u00a0s`;
  setText(button, text);
  button.setAttribute("aria-label", `Time base: ${text}`);
  isStale = true;
  drawnAtMs = Number.NEGATIVE_INFINITY;
  labelAtMs = Number.NEGATIVE_INFINITY;
}

/** Every snapshot as it arrives, also one without a raster: what it does not bring is not shown. */
export function addRaster(snapshot: SnapshotMessage): void {
  if (history.add(snapshot)) isStale = true;
  addWave(snapshot);
  const { width, height } = snapshot.picture ?? { width: 0, height: 0 };
  picturePixels = Math.max(picturePixels, width * height);
}

/** How long the stream takes to move the picture by a pixel: more pictures than that would be the same. */
const pixelMs = () => (lanes === undefined ? 0 : timeBaseMs() / Math.max(1, lanes.width));

/** Called at every animation frame, also without a link; draws only what is new. */
export function showSpikes(moment: Moment, theme: Theme): void {
  const learned = newestLearned();
  showWave(theme);
  for (const part of [canvas, button]) if (part.hidden !== isWaveOpen()) part.hidden = isWaveOpen();
  showNote(moment.nowMs);
  if (isWaveOpen()) {
    // What goes by meanwhile is drawn on the way back.
    isStale = true;
    drawnAtMs = Number.NEGATIVE_INFINITY;
    return;
  }
  if (!isStale && theme === drawnTheme && learned === drawnLearned) return;
  const isHurried = moment.snapshot.speed.timesRealTime > HURRIED_FROM;
  const isOtherLook = theme !== drawnTheme;
  const standsStill = isHurried || stillness.matches;
  if (!isOtherLook && moment.nowMs - drawnAtMs < (standsStill ? STILL_MS : pixelMs())) return;
  if (learned !== drawnLearned || bands === undefined) bands = learned && bandsOf(learned);
  isStale = false;
  drawnTheme = theme;
  drawnLearned = learned;
  drawnAtMs = moment.nowMs;
  const view = viewOf(moment, learned);
  setText(byId("spikes-words"), view === undefined ? "No spikes yet." : "");
  draw(view, theme);
  describe(moment, view, learned);
}

function viewOf({ snapshot }: Moment, learned: Learned | undefined): RasterView | undefined {
  const toUs = history.nowUs;
  if (toUs === undefined || learned === undefined || bands === undefined) return undefined;
  const fromUs = toUs - 1000 * timeBaseMs();
  const newest = history.stretches.at(-1)?.frames.at(-1);
  return {
    stretches: history.stretches.filter((stretch) => stretch.toUs > fromUs),
    fromUs,
    toUs,
    bands,
    winner: newest?.group === undefined ? undefined : bands.bandOfGroup[newest.group],
    fullInputRate:
      FULL_INPUT_HZ * (learned.kind === "classes" ? picturePixels : learned.width * learned.height),
    nameOf: (frame) => answerName(frame, snapshot.classNames),
  };
}

function answerName({ label, group }: AnsweredFrame, classNames: readonly string[]): string {
  if (label !== undefined) return classNames[label] ?? `class ${label}`;
  return group === undefined ? "–" : (groupName(group) ?? groupWord(group));
}

function draw(view: RasterView | undefined, theme: Theme): void {
  // Whole pixels of the window, so that the browser does not smooth the picture again.
  canvas.style.width = `${Math.floor(room.clientWidth)}px`;
  canvas.style.height = `${Math.floor(room.clientHeight)}px`;
  const surface = surfaceOf(canvas);
  drawnView = view;
  if (surface === undefined || view === undefined) return;
  const drawing = drawingOf(surface, theme, view);
  lanes = drawing.lanes;
  drawInputs(drawing);
  drawBands(drawing);
  drawBoundaries(drawing);
  drawDots(drawing);
  drawUntold(drawing);
  drawAnswers(drawing);
  drawAxis(drawing);
}

function describe(moment: Moment, view: RasterView | undefined, learned: Learned | undefined): void {
  const neurons = learned === undefined ? "" : neuronWords(learned);
  const sentOneIn = view?.stretches.reduce((most, { shownOneIn }) => Math.max(most, shownOneIn), 1) ?? 1;
  const oneIn = sentOneIn * (view === undefined ? 1 : thinningOf(view));
  const { timesRealTime } = moment.snapshot.speed;
  const isHurried = timesRealTime > HURRIED_FROM;
  const notes = [
    isHurried ? `×${count(timesRealTime)}, 2 pictures/s` : "",
    oneIn > 1 ? `1 of ${oneIn} shown` : "",
    neurons,
  ].filter((note) => note !== "");
  note = notes.join(" · ");
  showNote(moment.nowMs);
  if (view === undefined || moment.nowMs - labelAtMs < LABEL_EVERY_MS) return;
  labelAtMs = moment.nowMs;
  const spikes = view.stretches.reduce((sum, { row }) => sum + row.length, 0);
  const answers = view.stretches.flatMap(({ frames }) => frames.map(view.nameOf)).slice(-8);
  canvas.setAttribute(
    "aria-label",
    `Spikes of the last ${timeBaseMs() / 1000} seconds: ${count(spikes)} from ${neurons}. ` +
      (answers.length === 0 ? "No answers." : `Answers: ${answers.join(", ")}.`) +
      (isPartlyUntold(view) ? " A part is not shown." : ""),
  );
  room.title = `in: input spikes, square root scale to ${shortCount(view.fullInputRate)} a second`;
}

const neuronWords = ({ kind, groupOfRow, neurons }: Learned): string =>
  kind === "classes"
    ? `${count(neurons)} features`
    : `${count(groupOfRow.length)} of ${count(neurons)} neurons`;

function showNote(now: number): void {
  const words = waveNote(now) ?? note;
  if (noteElement.textContent === words) return;
  setText(noteElement, words);
  noteElement.title = words;
}

const isPartlyUntold = ({ stretches, fromUs }: RasterView) =>
  stretches.some((stretch) => stretch.untoldFromUs !== undefined && stretch.fromUs > fromUs);
