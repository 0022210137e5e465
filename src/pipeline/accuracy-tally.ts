/** Counts right decisions, over all and over the last hundred. */
import type { Accuracy } from "../core/telemetry.ts";

const RECENT = 100;

export class AccuracyTally {
  #right = 0;
  #judged = 0;
  readonly #recent = new Uint8Array(RECENT);

  add(isRight: boolean): void {
    if (isRight) this.#right++;
    this.#recent[this.#judged % RECENT] = isRight ? 1 : 0;
    this.#judged++;
  }

  accuracy(): Accuracy {
    const recentOf = Math.min(this.#judged, RECENT);
    const recent = this.#recent.reduce((sum, right) => sum + right, 0);
    return { right: this.#right, judged: this.#judged, recent, recentOf };
  }
}
