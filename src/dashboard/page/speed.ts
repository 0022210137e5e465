/** The panel Speed: frames per second now and possible, against the published figures; and the load. */
import type { Snapshot } from "../../core/telemetry.ts";
import { byId, canvasById, setText, surfaceOf } from "./dom.ts";
import { age, count, fps, hurry, percent } from "./format.ts";
import { drawLatency, latencyWords } from "./latency-lane.ts";
import type { Moment } from "./moment.ts";
import { drawRuler, type Lane, PUBLISHED_FPS } from "./ruler.ts";
import type { Theme } from "./theme.ts";

/** From this load on the network, not the source, sets the pace. */
const FULL_LOAD = 0.9;
const RUG_SECONDS = 60;
const LABEL_EVERY_MS = 2000;

const canvas = canvasById("ruler");
const latency = canvasById("latency");
let rug: number[] = [];
let rugAtMs = Number.NEGATIVE_INFINITY;
let labelAtMs = Number.NEGATIVE_INFINITY;
let rugLearning: boolean | undefined;
/** When each lane was last in use, as far as this page has seen. */
const usedAtMs: { train?: number; test?: number } = {};

canvas.title =
  "The marks are figures a survey gives for Liu & Yue 2017; their hardware is not stated. A mark, not a race on equal ground.";

/** Called four times a second. */
export function showSpeed(moment: Moment, theme: Theme): void {
  const { snapshot, nowMs, link } = moment;
  const { speed, learning, state } = snapshot;
  if (state === "running" && link.kind === "open") {
    keepRug(snapshot, nowMs);
    usedAtMs[learning ? "train" : "test"] = nowMs;
  }
  setText(byId("now"), fps(speed.liveFps));
  setText(byId("now-words"), paceOf(snapshot));
  setText(byId("possible"), fps(learning ? speed.trainFps : speed.testFps));
  setText(byId("load"), `load ${percent(speed.load, 0)} of one core`);
  const surface = surfaceOf(canvas);
  if (surface !== undefined) drawRuler(surface, theme, laneOf("train", moment), laneOf("test", moment));
  const below = surfaceOf(latency);
  if (below !== undefined) drawLatency(below, theme, snapshot.sent);
  if (nowMs - labelAtMs < LABEL_EVERY_MS) return;
  labelAtMs = nowMs;
  canvas.setAttribute("aria-label", spoken(snapshot));
  latency.setAttribute("aria-label", latencyWords(snapshot.sent));
}

/** One value a second, of one lane at a time. */
function keepRug({ speed, learning }: Snapshot, nowMs: number): void {
  if (learning !== rugLearning) rug = [];
  rugLearning = learning;
  if (nowMs - rugAtMs < 1000) return;
  rugAtMs = nowMs;
  rug = [...rug, speed.liveFps].filter((value) => value > 0).slice(-RUG_SECONDS);
}

function paceOf({ state, speed }: Snapshot): string {
  if (state === "ended") return "now, the source has ended";
  if (speed.liveFps === 0) return "now, nothing arrives";
  const isFull = speed.load >= FULL_LOAD;
  const times = hurry(speed.timesRealTime);
  if (times !== "") return `${isFull ? "now, full speed" : "now"} · ${times} real time`;
  return isFull ? "now, full speed" : "now, the source sets the pace";
}

function laneOf(kind: "train" | "test", { snapshot, nowMs }: Moment): Lane {
  const { speed, learning } = snapshot;
  const isActive = learning === (kind === "train");
  const possibleFps = kind === "train" ? speed.trainFps : speed.testFps;
  return {
    kind,
    isActive,
    nowFps: isActive ? speed.liveFps : undefined,
    rug: isActive ? rug : [],
    possibleFps,
    note: isActive ? (learning ? "learning on" : "learning off") : idleNote(kind, possibleFps, nowMs),
  };
}

function idleNote(kind: "train" | "test", possibleFps: number | undefined, nowMs: number): string {
  if (possibleFps === undefined) return "not measured yet";
  const atMs = usedAtMs[kind];
  return atMs === undefined ? "measured earlier" : `${age(nowMs - atMs)} ago`;
}

function spoken({ speed, learning }: Snapshot): string {
  const kind = learning ? "train" : "test";
  const published = PUBLISHED_FPS[kind];
  const possible = learning ? speed.trainFps : speed.testFps;
  const now = `${fps(speed.liveFps)} frames per second, ${(speed.liveFps / published).toFixed(1)} times the published ${published}`;
  return `Speed, learning ${learning ? "on" : "off"}: ${now}; ${possible === undefined ? "possible not measured yet" : `${count(possible)} possible`}.`;
}
