/** A queue that never grows beyond its capacity and counts exactly what it had to give up. */
import type { StageCounts } from "../core/telemetry.ts";

export type QueuePolicy = "drop-oldest" | "drop-newest";

export type BoundedQueueOptions = {
  readonly capacity: number;
  readonly policy: QueuePolicy;
  readonly name?: string;
  readonly unit?: string;
};

export class BoundedQueue<T> {
  readonly #capacity: number;
  readonly #policy: QueuePolicy;
  readonly #name: string;
  readonly #unit: string;
  // A ring: slot (first + i) mod capacity holds the i-th waiting item.
  readonly #slots: (T | undefined)[];
  #first = 0;
  #held = 0;
  #received = 0;
  #delivered = 0;
  readonly #dropped: Record<string, number> = {};

  constructor({ capacity, policy, name = "queue", unit = "frames" }: BoundedQueueOptions) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new RangeError(`Expected a whole capacity of at least 1 for the ${name}, found ${capacity}.`);
    }
    this.#capacity = capacity;
    this.#policy = policy;
    this.#name = name;
    this.#unit = unit;
    this.#slots = new Array<T | undefined>(capacity).fill(undefined);
  }

  get held(): number {
    return this.#held;
  }

  push(item: T): void {
    this.#received++;
    if (this.#held === this.#capacity) {
      this.#drop(this.#policy, 1);
      if (this.#policy === "drop-newest") return;
      this.#remove();
    }
    this.#slots[(this.#first + this.#held) % this.#capacity] = item;
    this.#held++;
  }

  /** The oldest item, or undefined when none waits. */
  shift(): T | undefined {
    if (this.#held === 0) return undefined;
    this.#delivered++;
    return this.#remove();
  }

  /** Gives up everything that waits, counted under this reason. */
  clear(reason: string): void {
    this.#drop(reason, this.#held);
    while (this.#held > 0) this.#remove();
  }

  counts(): StageCounts {
    return {
      name: this.#name,
      received: this.#received,
      delivered: this.#delivered,
      held: this.#held,
      limit: this.#capacity,
      dropped: { ...this.#dropped },
      unit: this.#unit,
    };
  }

  #drop(reason: string, count: number): void {
    if (count > 0) this.#dropped[reason] = (this.#dropped[reason] ?? 0) + count;
  }

  #remove(): T | undefined {
    const item = this.#slots[this.#first];
    this.#slots[this.#first] = undefined;
    this.#first = (this.#first + 1) % this.#capacity;
    this.#held--;
    return item;
  }
}
