/** Naming a group: its name becomes a field; Enter keeps what was written, Escape and leaving keep nothing. */
import { MAX_NAME_CHARACTERS } from "../../core/control.ts";
import { make } from "./dom.ts";

const CONTROL_CHARACTERS = /\p{Cc}/gu;

/** What may be sent as a name: no more characters than are allowed, no space around, nothing invisible. */
export function cleanName(text: string): string {
  const letters = [...text.replace(CONTROL_CHARACTERS, "").trim()];
  return letters.slice(0, MAX_NAME_CHARACTERS).join("").trim();
}

/** How an edit ended; `isByKey` when the keyboard was in the field to the end and should go on from the tile. */
export type EditEnd = { readonly name: string | undefined; readonly isByKey: boolean };

/** Opens the field in a tile and takes the focus. `onEnd` is called once. Returns what ends it from outside. */
export function editName(
  tile: HTMLElement,
  current: string,
  label: string,
  onEnd: (end: EditEnd) => void,
): () => void {
  const field = make("input", "naming");
  if (!(field instanceof HTMLInputElement)) return () => undefined;
  let isOver = false;
  const end = (ending: EditEnd) => {
    if (isOver) return;
    isOver = true;
    field.remove();
    onEnd(ending);
  };
  field.value = current;
  field.autocomplete = "off";
  field.spellcheck = false;
  field.setAttribute("aria-label", label);
  field.addEventListener("input", () => {
    // The attribute maxlength would count an emoji twice.
    const letters = [...field.value];
    if (letters.length > MAX_NAME_CHARACTERS) field.value = letters.slice(0, MAX_NAME_CHARACTERS).join("");
  });
  field.addEventListener("keydown", (event) => {
    // What is typed here means nothing to the page around.
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Enter") end({ name: cleanName(field.value), isByKey: true });
    if (event.key === "Escape") end({ name: undefined, isByKey: true });
  });
  field.addEventListener("click", (event) => event.stopPropagation());
  field.addEventListener("blur", () => end({ name: undefined, isByKey: false }));
  tile.append(field);
  field.focus();
  field.select();
  return () => end({ name: undefined, isByKey: false });
}
