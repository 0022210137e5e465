/** The known name nearest to a mistyped one, for error sentences. */

/** Edits (insert, delete, replace a character) from one word to the other: Levenshtein's distance. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

/** The nearest of `known`, or undefined when none shares at least half its letters with the word. */
export function nearestName(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const distance = editDistance(word.toLowerCase(), name.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best !== undefined && bestDistance <= Math.max(best.length, word.length) / 2 ? best : undefined;
}

/** `; did you mean "x"?` or nothing, to end a sentence with. */
export function suggestion(word: string, known: readonly string[]): string {
  const nearest = nearestName(word, known);
  return nearest === undefined ? "" : `; did you mean "${nearest}"?`;
}
