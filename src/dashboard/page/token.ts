/**
 * The token's way through the page: out of the address at once, into sessionStorage, asked for when missing.
 * It is never shown, and never put back into an address.
 */
import { byId, setText } from "./dom.ts";

const KEY = "spikeline.token";
const PATTERN = /^[A-Za-z0-9_-]{1,128}$/;

/** The token in what was pasted: bare, or at the end of the printed address. */
export function tokenIn(text: string): string | undefined {
  const bare = text.trim().replace(/^.*#token=/, "");
  return PATTERN.test(bare) ? bare : undefined;
}

/** Takes the token from the address, which is cleaned, or from this tab's memory. */
export function takeToken(): string | undefined {
  if (location.hash !== "") {
    const token = tokenIn(location.hash);
    history.replaceState(null, "", location.pathname);
    if (token !== undefined) sessionStorage.setItem(KEY, token);
  }
  return sessionStorage.getItem(KEY) ?? undefined;
}

export const forgetToken = (): void => sessionStorage.removeItem(KEY);

const WRONG = "That is not the token. Copy it again from the terminal.";

export const refusalWords = (waitSeconds: number | undefined): string =>
  waitSeconds === undefined ? WRONG : `Too many tries. Wait ${waitSeconds}\u00a0s.`;

/** Shows only the card that asks for the token, with the fault of the last one; `open` gets what was entered. */
export function askForToken(lastFault: string, open: (token: string) => void): void {
  const card = showCard(
    "This page needs the token",
    "spikeline printed it in the terminal when it started, at the end of the address. Open that address, or paste the token here.",
  );
  const input = byId("gate-token");
  const fault = byId("gate-fault");
  if (!(input instanceof HTMLInputElement)) return;
  const complain = (words: string) => {
    setText(fault, words);
    input.setAttribute("aria-invalid", String(words !== ""));
  };
  complain(lastFault);
  card.onsubmit = (event) => {
    event.preventDefault();
    const token = tokenIn(input.value);
    complain(token === undefined ? WRONG : "");
    if (token === undefined) return;
    sessionStorage.setItem(KEY, token);
    input.value = "";
    open(token);
  };
  input.focus();
}

/** Shows only a card of words: nothing to enter. */
export function showWords(title: string, words: string): void {
  showCard(title, words).classList.add("words-only");
}

function showCard(title: string, words: string): HTMLElement {
  const card = byId("gate");
  card.classList.remove("words-only");
  setText(byId("gate-title"), title);
  setText(byId("gate-words"), words);
  byId("page").hidden = true;
  card.hidden = false;
  return card;
}

/** Hides the card and shows the page. */
export function showPage(): void {
  byId("gate").hidden = true;
  byId("page").hidden = false;
}
