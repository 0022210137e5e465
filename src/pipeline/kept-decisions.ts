/**
 * The decisions that somebody may still say something about: the newest, and of those before them the newest that were
 * shown. A source that is hurried decides a thousand times a second, and nobody clicks on what was never on a screen.
 */
const NEWEST = 64;
/** Three seconds of snapshots, at 40 a second at most: long enough to see an answer and to name what it was. */
const SHOWN = 128;

export class KeptDecisions<T> {
  readonly #newest = new Map<number, T>();
  readonly #shown = new Map<number, T>();

  /** Ids count up. */
  keep(id: number, kept: T): void {
    addBounded(this.#newest, { id, kept, most: NEWEST });
  }

  /** A decision goes out to whoever looks on. */
  show(id: number): void {
    const kept = this.#newest.get(id);
    if (kept !== undefined && !this.#shown.has(id)) addBounded(this.#shown, { id, kept, most: SHOWN });
  }

  get(id: number): T | undefined {
    return this.#newest.get(id) ?? this.#shown.get(id);
  }

  clear(): void {
    this.#newest.clear();
    this.#shown.clear();
  }
}

function addBounded<T>(
  map: Map<number, T>,
  { id, kept, most }: { readonly id: number; readonly kept: T; readonly most: number },
): void {
  map.set(id, kept);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
