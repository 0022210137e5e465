/** Says the answer to a screen reader: only when it changed and stood, and not too often. */
import { byId, setText } from "./dom.ts";

const STANDS_MS = 500;
const EVERY_MS = 2000;

const spoken = byId("spoken");
let candidate = "";
let since = 0;
let said = "";
let saidAtMs = Number.NEGATIVE_INFINITY;

export function announce(words: string, nowMs: number): void {
  if (words !== candidate) {
    candidate = words;
    since = nowMs;
  }
  if (words === said || nowMs - since < STANDS_MS || nowMs - saidAtMs < EVERY_MS) return;
  said = words;
  saidAtMs = nowMs;
  setText(spoken, words);
}
