/**
 * JSON from a file nobody vouches for: refuses what JSON.parse lets pass, namely keys that stand twice
 * (the last would silently win), the key `__proto__`, and deep nesting.
 */
import { quote } from "./quote.ts";

export type StrictJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

/** A description nests 5 deep; what is built for more would exhaust a recursive reader's stack. */
const MAX_DEPTH = 16;

/** `problem` is a clause that fits after "but". */
export function parseStrictJson(text: string): StrictJson {
  let value: unknown;
  try {
    // V8 parses without recursion, so deep nesting is safe to parse and to refuse afterwards.
    value = JSON.parse(text);
  } catch {
    return { ok: false, problem: "it is not JSON" };
  }
  const problem = problemOfValidJson(text);
  return problem === undefined ? { ok: true, value } : { ok: false, problem };
}

/** Walks text that is known to be JSON: strings and brackets are all it needs to see. */
function problemOfValidJson(text: string): string | undefined {
  // One entry per open bracket: the keys seen so far of an object, undefined for an array.
  const open: (Set<string> | undefined)[] = [];
  let atKey = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at);
      const problem = atKey ? problemOfKey(text.slice(at, end + 1), open.at(-1)) : undefined;
      if (problem !== undefined) return `${problem} at character ${at}`;
      atKey = false;
      at = end;
    } else if (character === "{" || character === "[") {
      open.push(character === "{" ? new Set() : undefined);
      if (open.length > MAX_DEPTH) return `it nests deeper than ${MAX_DEPTH} at character ${at}`;
      atKey = character === "{";
    } else if (character === "}" || character === "]") {
      open.pop();
      atKey = false;
    } else if (character === ",") {
      atKey = open.at(-1) !== undefined;
    }
  }
  return undefined;
}

function problemOfKey(quoted: string, seen: Set<string> | undefined): string | undefined {
  const key = String(JSON.parse(quoted));
  if (key === "__proto__") return "it has the key __proto__";
  if (seen?.has(key)) return `it has the key ${quote(key)} twice`;
  seen?.add(key);
  return undefined;
}

/** Index of the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}
