/** Which key chooses which name after Wrong: its first letter or digit, where no other name begins with it. Pure. */

export function choiceKeys(names: readonly string[]): ReadonlyMap<string, string> {
  const byKey = new Map<string, string[]>();
  for (const name of names) {
    const key = ([...name][0] ?? "").toLowerCase();
    byKey.set(key, [...(byKey.get(key) ?? []), name]);
  }
  const keys = new Map<string, string>();
  for (const [key, [only, ...others]] of byKey)
    if (only !== undefined && others.length === 0 && /^[\p{L}\p{N}]$/u.test(key)) keys.set(key, only);
  return keys;
}
