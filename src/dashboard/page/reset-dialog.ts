/** Asks before the run forgets what it has learned. The dialog holds the focus and gives it back. */
import { byId } from "./dom.ts";

function dialogById(id: string): HTMLDialogElement {
  const element = byId(id);
  if (element instanceof HTMLDialogElement) return element;
  throw new Error(`Expected "${id}" in index.html to be a dialog.`);
}

const dialog = dialogById("reset-dialog");

export function onReset(forget: () => void): void {
  byId("reset").addEventListener("click", () => dialog.showModal());
  byId("reset-cancel").addEventListener("click", () => dialog.close());
  byId("reset-forget").addEventListener("click", () => {
    forget();
    dialog.close();
  });
  // The single keys of the page mean nothing while it asks.
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
}

export function allowReset(isAllowed: boolean): void {
  for (const id of ["reset", "reset-forget"]) byId(id).toggleAttribute("disabled", !isAllowed);
}
