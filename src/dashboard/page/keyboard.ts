/** Single keys: which there are, and when they are meant for the page. What they do is told from outside. */
import { recall, remember } from "./settings.ts";

export type KeyAction = {
  /** As `KeyboardEvent.key` names them; letters in lower case. */
  readonly keys: readonly string[];
  readonly words: string;
  readonly run: (key: string) => void;
};

const SETTING = "keys";

export const singleKeysWork = (): boolean => recall(SETTING) !== "off";
export const letSingleKeysWork = (on: boolean): void => remember(SETTING, on ? "on" : "off");

const isField = (element: Element | null): boolean =>
  element?.matches("input, textarea, select, [contenteditable]") === true;

/** Leaves alone what belongs to the browser, to a field or to an open dialog. */
export function listenToKeys(actions: readonly KeyAction[]): void {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (isField(document.activeElement) || document.querySelector("dialog[open]") !== null) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = actions.find(({ keys }) => keys.includes(key));
    if (action === undefined || !singleKeysWork()) return;
    event.preventDefault();
    action.run(key);
  });
}
