/** What the reader has chosen, remembered by this browser where it allows that. */

const PREFIX = "spikeline.";

export function recall(name: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + name) ?? undefined;
  } catch {
    // A browser may refuse a page any memory; the choice then lasts until the page is left.
    return undefined;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // As above: nothing is lost but the memory.
  }
}
