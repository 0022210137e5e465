/**
 * "Which one?": after Wrong the candidates are buttons, beside a field for a name that is not there yet. Keys choose:
 * digits and letters that only one name begins with. Escape means none of these.
 */
import { MAX_NAME_CHARACTERS } from "../../core/control.ts";
import { byId, inputById, make, setText } from "./dom.ts";
import { singleKeysWork } from "./keyboard.ts";
import { cleanName } from "./naming.ts";
import { choiceKeys } from "./which-one-keys.ts";

export type Question = {
  /** What was wrong, or undefined when there was no answer. */
  readonly answer: string | undefined;
  readonly classNames: readonly string[];
  /** Called once, with the name of what it was, or undefined for none of these. */
  readonly onEnd: (truth: string | undefined) => void;
};

/** Up to this length many names fit beside each other. */
const SHORT_NAME = 3;

const card = byId("which-one");
const names = byId("which-names");
const field = inputById("which-new");
let question: Question | undefined;
let choices: ReadonlyMap<string, string> = new Map();
/** Where the focus was before. */
let before: Element | null = null;

export function askWhichOne(next: Question): void {
  if (!(card instanceof HTMLDialogElement) || question !== undefined) return;
  const { answer, classNames } = next;
  question = next;
  before = document.activeElement;
  const others = classNames.filter((name) => name !== answer);
  choices = choiceKeys(others);
  setText(byId("which-not"), answer === undefined ? "" : `not ${answer}`);
  names.classList.toggle(
    "short",
    others.every((name) => [...name].length <= SHORT_NAME),
  );
  names.replaceChildren(...others.map(choiceButton));
  field.value = "";
  card.show();
  const first = names.firstElementChild;
  if (first instanceof HTMLElement) first.focus();
  else field.focus();
}

function choiceButton(name: string): HTMLElement {
  const button = make("button", "small");
  const key = [...choices].find(([, chosen]) => chosen === name)?.[0];
  button.setAttribute("type", "button");
  button.append(make("span", "", name));
  // Where the whole name is the key, it need not be said twice.
  if (key !== undefined && key !== name) button.append(make("kbd", "", key.toUpperCase()));
  button.title = name;
  button.addEventListener("click", () => end(name));
  return button;
}

/** The answer can no longer be judged: nothing is sent. */
export function leaveWhichOne(): void {
  question = undefined;
  close();
}

function end(truth: string | undefined): void {
  const ended = question;
  question = undefined;
  close();
  ended?.onEnd(truth);
}

function close(): void {
  if (!(card instanceof HTMLDialogElement) || !card.open) return;
  card.close();
  if (before instanceof HTMLElement) before.focus();
}

function keepNew(): void {
  const name = cleanName(field.value);
  if (name === "") field.focus();
  else if (name === question?.answer) field.select();
  else end(name);
}

byId("which-none").addEventListener("click", () => end(undefined));
byId("which-add").addEventListener("click", keepNew);
field.addEventListener("input", () => {
  // The attribute maxlength would count an emoji twice.
  const letters = [...field.value];
  if (letters.length > MAX_NAME_CHARACTERS) field.value = letters.slice(0, MAX_NAME_CHARACTERS).join("");
});
addEventListener("keydown", (event) => {
  if (question === undefined || event.isComposing) return;
  if (event.key === "Escape") {
    event.preventDefault();
    end(undefined);
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (document.activeElement === field) {
    if (event.key === "Enter") keepNew();
    return;
  }
  const chosen = singleKeysWork() ? choices.get(event.key.toLowerCase()) : undefined;
  if (chosen === undefined) return;
  event.preventDefault();
  end(chosen);
});
