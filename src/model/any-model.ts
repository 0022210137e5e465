/** A model of whatever kind of network. */
import type { Model } from "./schema.ts";
import type { SurfaceModel } from "./surface-schema.ts";
import type { WaveModel } from "./wave-schema.ts";

export type AnyModel = Model | WaveModel | SurfaceModel;
