/**
 * Collects events into batches that each lie within one cell of 10 ms of the sensor's own time and are sorted.
 * Sensors step back a few microseconds now and then: such events are put in order, exactly, because a batch is
 * handed over only when nothing acceptable can still come before its end. What is later than that is refused, until
 * so much of it has come that the clock must have been set back: then a new epoch begins, and batches go back in time.
 */
import type { EventBatch } from "../core/batches.ts";
import { LateRun } from "./late-run.ts";

const BATCH_US = 10_000;
/** Steps back of up to this are put in order; it is also how long a full batch waits. */
const TOLERANCE_US = 1000;
/** Keeps a batch bounded however many events share a time; at most 2^16, for the sort keys. */
const BATCH_EVENTS = 65_536;
const FIRST_EVENTS = 4096;

export class EventCells {
  /** Complete batches, oldest first: take them with `shift`. */
  readonly ready: EventBatch[] = [];
  #offsetUs = new Uint32Array(FIRST_EVENTS);
  #x = new Uint16Array(FIRST_EVENTS);
  #y = new Uint16Array(FIRST_EVENTS);
  #polarity = new Uint8Array(FIRST_EVENTS);
  #length = 0;
  #isSorted = true;

  /** Offsets count from here, the start of the oldest open cell. */
  #startUs = 0;
  /** Largest time accepted. */
  #frontUs = 0;
  /** Times below have been handed out although they might still have come. */
  #floorUs = 0;
  #lastUs = 0;
  #nowUs = 0;
  #isLate = false;
  #lateUs = 0;
  readonly #lateRun = new LateRun();
  #backSteps = 0;
  #late = 0;

  /** Steps back in time small enough to be put in order. */
  get backSteps(): number {
    return this.#backSteps;
  }

  /** Events refused because they came too late. */
  get late(): number {
    return this.#late;
  }

  /** Events taken and not yet shifted out of `ready`. */
  get held(): number {
    return this.ready.reduce((sum, { length }) => sum + length, this.#length);
  }

  /** The time of the events pushed from now on; the same time again changes nothing. */
  moveTo(timeUs: number): void {
    this.#isLate = timeUs < this.#frontUs - TOLERANCE_US || timeUs < this.#floorUs;
    if (this.#isLate) {
      this.#lateUs = timeUs;
      return;
    }
    this.#lateRun.end();
    if (timeUs >= this.#frontUs) {
      if (timeUs - this.#startUs >= BATCH_US + TOLERANCE_US) this.#completeCells(timeUs);
      this.#frontUs = timeUs;
    } else {
      if (timeUs < this.#lastUs) this.#backSteps++;
      this.#isSorted = false;
    }
    this.#lastUs = timeUs;
    this.#nowUs = timeUs - this.#startUs;
  }

  push(x: number, y: number, polarity: number): void {
    if (this.#length === this.#x.length) this.#makeRoom();
    if (this.#isLate) {
      if (!this.#lateRun.isSustained(this.#lateUs)) {
        this.#late++;
        return;
      }
      this.#beginEpoch(this.#lateUs);
    }
    const at = this.#length;
    this.#offsetUs[at] = this.#nowUs;
    this.#x[at] = x;
    this.#y[at] = y;
    this.#polarity[at] = polarity;
    this.#length = at + 1;
  }

  /** No more events will come: everything goes to `ready`. */
  finish(): void {
    this.#sort();
    while (this.#length > 0) this.#completeCell();
  }

  /** Forgets what is held; answers how many events that were. */
  discard(): number {
    const held = this.held;
    this.ready.length = 0;
    this.#length = 0;
    this.#isSorted = true;
    return held;
  }

  #completeCells(timeUs: number): void {
    this.#sort();
    while (this.#length > 0 && timeUs - this.#startUs >= BATCH_US + TOLERANCE_US) this.#completeCell();
    if (this.#length === 0) this.#openCell(timeUs);
  }

  #openCell(timeUs: number): void {
    const earliestUs = Math.max(0, timeUs - TOLERANCE_US);
    this.#startUs = earliestUs - (earliestUs % BATCH_US);
  }

  /** The clock was set back: what came before it is complete. */
  #beginEpoch(timeUs: number): void {
    this.finish();
    this.#openCell(timeUs);
    this.#frontUs = timeUs;
    this.#floorUs = 0;
    this.#lastUs = timeUs;
    this.#nowUs = timeUs - this.#startUs;
    this.#isLate = false;
  }

  #completeCell(): void {
    this.#hand(this.#firstNotBelow(BATCH_US));
    for (let i = 0; i < this.#length; i++) this.#offsetUs[i] = (this.#offsetUs[i] ?? 0) - BATCH_US;
    this.#startUs += BATCH_US;
  }

  /** The columns are full: they grow, or the older events of the cell leave early. */
  #makeRoom(): void {
    if (this.#length < BATCH_EVENTS) {
      this.#grow(this.#length * 2);
      return;
    }
    this.#sort();
    if (this.#firstNotBelow(BATCH_US) === 0) this.#skipCell();
    const certain = this.#firstNotBelow(Math.max(0, this.#frontUs - TOLERANCE_US - this.#startUs));
    // In a burst nothing is certain yet: the older half leaves, the newer one can still be put in order.
    const leaving = certain > 0 ? certain : this.#length / 2;
    const count = Math.min(leaving, this.#firstNotBelow(BATCH_US));
    this.#floorUs = Math.max(this.#floorUs, this.#startUs + (this.#offsetUs[count - 1] ?? 0));
    this.#hand(count);
    this.#isLate ||= this.#startUs + this.#nowUs < this.#floorUs;
  }

  /** All events are in the cell after the oldest open one, which therefore closes without any. */
  #skipCell(): void {
    this.#completeCell();
    this.#nowUs -= BATCH_US;
    this.#floorUs = this.#startUs;
  }

  /** The first `count` events become a batch. */
  #hand(count: number): void {
    if (count === 0) return;
    this.ready.push({
      startUs: this.#startUs,
      offsetUs: this.#offsetUs.slice(0, count),
      x: this.#x.slice(0, count),
      y: this.#y.slice(0, count),
      polarity: this.#polarity.slice(0, count),
      length: count,
    });
    this.#offsetUs.copyWithin(0, count, this.#length);
    this.#x.copyWithin(0, count, this.#length);
    this.#y.copyWithin(0, count, this.#length);
    this.#polarity.copyWithin(0, count, this.#length);
    this.#length -= count;
  }

  /** Index of the first event at `offsetUs` or later; the columns must be sorted. */
  #firstNotBelow(offsetUs: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#offsetUs[middle] ?? 0) < offsetUs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** By time; events of one time keep the order in which they came. */
  #sort(): void {
    if (this.#isSorted) return;
    this.#isSorted = true;
    const length = this.#length;
    const { x, y, polarity } = { x: this.#x.slice(), y: this.#y.slice(), polarity: this.#polarity.slice() };
    // Offsets are below 2^14 (a cell and the tolerance), indices below 2^16.
    const keys = Uint32Array.from({ length }, (_, i) => (this.#offsetUs[i] ?? 0) * BATCH_EVENTS + i).sort();
    for (let i = 0; i < length; i++) {
      const key = keys[i] ?? 0;
      const from = key % BATCH_EVENTS;
      this.#offsetUs[i] = (key - from) / BATCH_EVENTS;
      this.#x[i] = x[from] ?? 0;
      this.#y[i] = y[from] ?? 0;
      this.#polarity[i] = polarity[from] ?? 0;
    }
  }

  #grow(capacity: number): void {
    const { offsetUs, x, y, polarity } = {
      offsetUs: this.#offsetUs,
      x: this.#x,
      y: this.#y,
      polarity: this.#polarity,
    };
    this.#offsetUs = new Uint32Array(capacity);
    this.#offsetUs.set(offsetUs);
    this.#x = new Uint16Array(capacity);
    this.#x.set(x);
    this.#y = new Uint16Array(capacity);
    this.#y.set(y);
    this.#polarity = new Uint8Array(capacity);
    this.#polarity.set(polarity);
  }
}
