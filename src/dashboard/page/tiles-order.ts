/** Where things are among the tiles: pages of groups, and where a key leads. Pure. */

export const TILES_PER_PAGE = 20;

/** At least one page, even of nothing. */
export const pagesOf = (groups: number): number => Math.max(1, Math.ceil(groups / TILES_PER_PAGE));

/** The group a key leads to from another; the same one at an end, undefined for keys that do not move. */
export function placeAfter(
  key: string,
  group: number,
  { groups, columns }: { readonly groups: number; readonly columns: number },
): number | undefined {
  if (groups === 0) return undefined;
  const rowStart = group - (group % columns);
  const targets: Readonly<Record<string, number>> = {
    ArrowLeft: group - 1,
    ArrowRight: group + 1,
    ArrowUp: group - columns,
    ArrowDown: group + columns,
    Home: rowStart,
    End: Math.min(rowStart + columns, groups) - 1,
    PageUp: group - TILES_PER_PAGE,
    PageDown: Math.min(group + TILES_PER_PAGE, groups - 1),
  };
  const target = Object.hasOwn(targets, key) ? targets[key] : undefined;
  if (target === undefined) return undefined;
  return target >= 0 && target < groups ? target : group;
}
