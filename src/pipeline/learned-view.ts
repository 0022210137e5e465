/** What the model has learned, for the page: told now and then, with the share that each group and feature speaks. */
import { type Clock, systemClock } from "../core/clock.ts";
import type { FeatureMaps, Learned } from "../core/telemetry.ts";
import type { JudgedFrame, LearnedState, LiveModel } from "./live-model.ts";
import { WeightChange } from "./weight-change.ts";

const EVERY_US = 500_000;
/** Reading all weights takes time that frames cannot have: at most this share of it. */
const MOST_LOAD = 0.02;
const SHARE_TAU_US = 60e6;

export class LearnedView {
  readonly #clock: Clock;
  readonly #rows: readonly number[];
  readonly #change: WeightChange;
  readonly #groups = new FadingCounts();
  readonly #features = new FadingCounts();
  #revision = 0;
  #dueUs = Number.NEGATIVE_INFINITY;

  /** `rows` are the units that the raster shows. */
  constructor(rows: readonly number[], clock: Clock = systemClock) {
    this.#rows = rows;
    this.#clock = clock;
    this.#change = new WeightChange(clock);
  }

  /** Takes in what spoke in a frame. */
  add({ said, features }: Pick<JudgedFrame, "said" | "features">): void {
    const nowUs = this.#clock.nowUs();
    this.#groups.add(said, nowUs);
    if (features !== undefined) this.#features.add(features, nowUs);
  }

  /** The model has changed otherwise than by learning: it is told at once. */
  renew(): void {
    this.#dueUs = Number.NEGATIVE_INFINITY;
    this.#change.forget();
  }

  /** The groups come in another order, or are others. */
  regroup(): void {
    this.#groups.forget();
    this.#dueUs = Number.NEGATIVE_INFINITY;
  }

  /** What there is to tell, or undefined when it was told a moment ago. */
  take(
    model: Pick<LiveModel, "learned" | "units">,
    options: { readonly learning: boolean },
  ): Learned | undefined {
    const nowUs = this.#clock.nowUs();
    if (nowUs < this.#dueUs) return undefined;
    const state = model.learned();
    const { kind, planes, width, height, groups, groupOf, fields } = state;
    const learned: Learned = {
      revision: this.#revision++,
      kind,
      groups: groups.map((group, index) => ({ ...group, share: this.#groups.share(index) })),
      neurons: model.units,
      groupOfRow:
        groupOf === undefined
          ? new Uint16Array(0)
          : Uint16Array.from(this.#rows, (unit) => groupOf[unit] ?? 0),
      ...{ planes, width, height },
      fields: scaled(fields, groups.length),
      features: this.#featureMaps(state.features),
      changePerMinute: this.#change.perMinute(state.weights, options),
    };
    const tookUs = this.#clock.nowUs() - nowUs;
    this.#dueUs = nowUs + Math.max(EVERY_US, tookUs / MOST_LOAD);
    return learned;
  }

  #featureMaps(features: LearnedState["features"]): FeatureMaps | undefined {
    if (features === undefined) return undefined;
    const { planes, width, height, fields } = features;
    const count = fields.length / (planes * width * height);
    return {
      ...{ count, planes, width, height },
      fields: scaled(fields, count),
      share: Float32Array.from({ length: count }, (_, feature) => this.#features.share(feature)),
    };
  }
}

/** Counts that fade with `SHARE_TAU_US`. */
class FadingCounts {
  #counts = new Float64Array(0);
  #atUs = 0;

  add(counts: ArrayLike<number>, nowUs: number): void {
    if (this.#counts.length !== counts.length) this.#counts = new Float64Array(counts.length);
    const kept = Math.exp((this.#atUs - nowUs) / SHARE_TAU_US);
    this.#atUs = nowUs;
    for (let i = 0; i < counts.length; i++)
      this.#counts[i] = (this.#counts[i] ?? 0) * kept + (counts[i] ?? 0);
  }

  forget(): void {
    this.#counts.fill(0);
  }

  share(index: number): number {
    const total = this.#counts.reduce((sum, count) => sum + count, 0);
    return total === 0 ? 0 : (this.#counts[index] ?? 0) / total;
  }
}

function scaled(all: Float32Array, count: number): Uint8Array {
  const inputs = all.length / count;
  const fields = new Uint8Array(all.length);
  for (let index = 0; index < count; index++) {
    const field = all.subarray(index * inputs, (index + 1) * inputs);
    const most = field.reduce((a, b) => Math.max(a, b), 0);
    for (let i = 0; most > 0 && i < inputs; i++)
      fields[index * inputs + i] = Math.round((255 * (field[i] ?? 0)) / most);
  }
  return fields;
}
