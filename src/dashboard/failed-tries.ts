/**
 * Counts wrong tokens by the address they came from, so that guessing is slowed down and a page can say "wait".
 * It never shuts out the right token: whoever has it is not asked here.
 */

const TRIES = 10;
const MINUTE_US = 60_000_000;
/** Beyond so many addresses the rest share one count: memory stays bounded however many knock. */
const MOST_ADDRESSES = 1_000;
const THE_REST = "";

type Tries = { count: number; readonly sinceUs: number };

export class FailedTries {
  readonly #tries = new Map<string, Tries>();

  add(address: string, nowUs: number): void {
    const tries = this.#find(address, nowUs);
    if (tries !== undefined) {
      tries.count++;
      return;
    }
    if (this.#tries.size >= MOST_ADDRESSES) this.#forget(nowUs);
    const key = this.#tries.size >= MOST_ADDRESSES ? THE_REST : address;
    const shared = this.#find(key, nowUs);
    if (shared !== undefined) shared.count++;
    else this.#tries.set(key, { count: 1, sinceUs: nowUs });
  }

  /** Whole seconds until the minute of this address is over, when it had too many tries; otherwise undefined. */
  waitSeconds(address: string, nowUs: number): number | undefined {
    const isListed = this.#find(address, nowUs) !== undefined;
    const tries = this.#find(isListed ? address : THE_REST, nowUs);
    if (tries === undefined || tries.count <= TRIES) return undefined;
    return Math.ceil((tries.sinceUs + MINUTE_US - nowUs) / 1e6);
  }

  #find(address: string, nowUs: number): Tries | undefined {
    const tries = this.#tries.get(address);
    return tries === undefined || isOver(tries, nowUs) ? undefined : tries;
  }

  #forget(nowUs: number): void {
    for (const [address, tries] of this.#tries) {
      if (isOver(tries, nowUs)) this.#tries.delete(address);
    }
  }
}

const isOver = (tries: Tries, nowUs: number) => nowUs - tries.sinceUs >= MINUTE_US;
