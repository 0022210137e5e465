/** The card of keys and settings. */
import { isMuted, setMuted } from "./announce.ts";
import { byId, inputById, make } from "./dom.ts";
import { type KeyAction, letSingleKeysWork, singleKeysWork } from "./keyboard.ts";
import { chooseScheme, chosenScheme, isScheme } from "./scheme.ts";

/** How keys are written that have no letter. */
const CAPS: Readonly<Record<string, string>> = { "-": "−" };

export type Help = { readonly open: () => void };

/** `onScheme` is called when the colours were changed here. */
export function prepareHelp(actions: readonly KeyAction[], onScheme: () => void): Help {
  const card = byId("help");
  const scheme = byId("theme");
  if (!(card instanceof HTMLDialogElement) || !(scheme instanceof HTMLSelectElement))
    throw new Error('Expected "help" in index.html to be a dialog and "theme" a select.');
  const [keys, speech] = [inputById("single-keys"), inputById("say-answers")];
  byId("keys").replaceChildren(
    ...actions.flatMap(keyRow),
    ...keyRow({ keys: ["Esc"], words: "close, leave" }),
    ...keyRow({ keys: ["←", "↑", "→", "↓", "Enter"], words: "move over the tiles, name one" }),
  );
  const open = () => {
    keys.checked = singleKeysWork();
    speech.checked = !isMuted();
    scheme.value = chosenScheme();
    card.showModal();
  };
  keys.addEventListener("change", () => letSingleKeysWork(keys.checked));
  speech.addEventListener("change", () => setMuted(!speech.checked));
  scheme.addEventListener("change", () => {
    if (isScheme(scheme.value)) chooseScheme(scheme.value);
    onScheme();
  });
  byId("help-open").addEventListener("click", open);
  byId("help-close").addEventListener("click", () => card.close());
  // The same key closes it again, unless it is being typed into a field.
  card.addEventListener("keydown", (event) => {
    if (event.key === "?") card.close();
  });
  return { open };
}

function keyRow({ keys, words }: Pick<KeyAction, "keys" | "words">): HTMLElement[] {
  const caps = make("dt");
  caps.append(...keys.map((key) => make("kbd", "", CAPS[key] ?? capOf(key))));
  return [caps, make("dd", "", words)];
}

const capOf = (key: string): string => (key.length === 1 ? key.toUpperCase() : key);
