/** Which band of the raster a neuron's row belongs to: one for each name, or for each group while there are no names. */
import type { Learned } from "../../core/telemetry.ts";

const MOST_BANDS = 12;
/** The last band: neurons without a name. */
const UNNAMED = "–";
/** The last band when there are also names that found no band of their own. */
const OTHERS = "others";

export type Bands = {
  /** From the top. */
  readonly names: readonly string[];
  readonly bandOfGroup: readonly number[];
  readonly bandOfRow: Uint16Array;
  /** Middle of each row as a share of the raster's height, from the top; rows of a band are evenly spaced in it. */
  readonly placeOfRow: Float32Array;
};

const byName = new Intl.Collator("en", { numeric: true }).compare;

/** What a group without a name is called. */
export const groupWord = (group: number): string => `group ${group + 1}`;

export function bandsOf({
  kind,
  groups,
  groupOfRow,
  neurons,
}: Pick<Learned, "kind" | "groups" | "groupOfRow" | "neurons">): Bands {
  if (kind === "classes") return featureBand(neurons);
  const { names, bandOfGroup } = namedBands(groups);
  const bandOfRow = Uint16Array.from(groupOfRow, (group) => bandOfGroup[group] ?? names.length - 1);
  return { names, bandOfGroup, bandOfRow, placeOfRow: placesOf(bandOfRow, groupOfRow, names.length) };
}

/** Features belong to no class: they stand in one band, and no answer lights them. */
function featureBand(features: number): Bands {
  return {
    names: ["features"],
    bandOfGroup: [],
    bandOfRow: new Uint16Array(features),
    placeOfRow: Float32Array.from({ length: features }, (_, row) => (row + 0.5) / features),
  };
}

function namedBands(groups: Learned["groups"]): Pick<Bands, "names" | "bandOfGroup"> {
  const neurons = new Map<string, number>();
  for (const { name, neurons: count } of groups)
    if (name !== undefined) neurons.set(name, (neurons.get(name) ?? 0) + count);
  if (neurons.size === 0) {
    return {
      names: groups.map((_, group) => groupWord(group)),
      bandOfGroup: groups.map((_, group) => group),
    };
  }
  const hasUnnamed = groups.some(({ name }) => name === undefined);
  const isCrowded = neurons.size + (hasUnnamed ? 1 : 0) > MOST_BANDS;
  // Of too many names the ones with most neurons have a band: that changes rarely, shares change all the time.
  const byNeurons = [...neurons].sort((a, b) => b[1] - a[1] || byName(a[0], b[0])).map(([name]) => name);
  const names = byNeurons.slice(0, isCrowded ? MOST_BANDS - 1 : MOST_BANDS).sort(byName);
  const last = names.length;
  const bandOf = new Map(names.map((name, band) => [name, band]));
  const bandOfGroup = groups.map(({ name }) => (name === undefined ? last : (bandOf.get(name) ?? last)));
  if (isCrowded) return { names: [...names, OTHERS], bandOfGroup };
  return { names: hasUnnamed ? [...names, UNNAMED] : names, bandOfGroup };
}

function placesOf(bandOfRow: Uint16Array, groupOfRow: Uint16Array, bands: number): Float32Array {
  const places = new Float32Array(bandOfRow.length);
  const rowsOfBand: number[][] = Array.from({ length: bands }, () => []);
  bandOfRow.forEach((band, row) => {
    rowsOfBand[band]?.push(row);
  });
  rowsOfBand.forEach((rows, band) => {
    rows.sort((a, b) => (groupOfRow[a] ?? 0) - (groupOfRow[b] ?? 0) || a - b);
    rows.forEach((row, i) => {
      places[row] = (band + (i + 0.5) / rows.length) / bands;
    });
  });
  return places;
}
