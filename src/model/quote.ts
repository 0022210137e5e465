/** Puts text that came out of a file into a sentence: short, in quotes, without control characters. */

const MAX_CHARACTERS = 80;

/** C1 controls and DEL, which JSON leaves as they are and some terminals obey. */
const UNESCAPED_CONTROLS = /[\u007f-\u009f\u2028\u2029]/g;

export function quote(text: string): string {
  const short = text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
  return JSON.stringify(short).replace(
    UNESCAPED_CONTROLS,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
