/** What the panel Learned shows as tiles: groups of neurons, classes, or the features below them. Pure. */
import type { Learned, NeuronGroup } from "../../core/telemetry.ts";

export type Part = "main" | "features";

export type Tiles = {
  /** What one tile is: "group", "class" or "feature". */
  readonly noun: string;
  readonly plural: string;
  /** What a tile's share is a share of. */
  readonly of: string;
  readonly groups: readonly NeuronGroup[];
  readonly fields: Pick<Learned, "fields" | "planes" | "width" | "height">;
  /** Whether a tile can be named by hand. */
  readonly canName: boolean;
};

export function tilesOf(learned: Learned, part: Part): Tiles {
  const { features, kind, groups } = learned;
  if (part === "features" && features !== undefined) {
    const numbered = Array.from(features.share, (share, i) => ({
      name: String(i + 1),
      isGiven: false,
      neurons: 0,
      share,
      isForming: false,
    }));
    const words = { noun: "feature", plural: "features", of: "spikes" };
    return { ...words, groups: numbered, fields: features, canName: false };
  }
  const words =
    kind === "classes"
      ? { noun: "class", plural: "classes", of: "answers" }
      : { noun: "group", plural: "groups", of: "spikes" };
  return { ...words, groups, fields: learned, canName: true };
}
