/** Dark or light: the reader's choice, or the system's as it changes. The style sheet follows `data-theme`. */
import { recall, remember } from "./settings.ts";

const SCHEMES = ["system", "dark", "light"] as const;
export type Scheme = (typeof SCHEMES)[number];

const NAME = "theme";
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

export const isScheme = (text: string | undefined): text is Scheme =>
  SCHEMES.some((scheme) => scheme === text);

export function chosenScheme(): Scheme {
  const scheme = recall(NAME);
  return isScheme(scheme) ? scheme : "system";
}

function apply(scheme: Scheme): void {
  document.documentElement.dataset.theme =
    scheme === "system" ? (systemIsDark.matches ? "dark" : "light") : scheme;
}

export function chooseScheme(scheme: Scheme): void {
  remember(NAME, scheme);
  apply(scheme);
}

/** Dark, light, as the system, and again. */
export function nextScheme(): Scheme {
  const order: Readonly<Record<Scheme, Scheme>> = { dark: "light", light: "system", system: "dark" };
  return order[chosenScheme()];
}

/** Applies the choice, and again whenever the system changes. */
export function followScheme(change: () => void): void {
  apply(chosenScheme());
  systemIsDark.addEventListener("change", () => {
    apply(chosenScheme());
    change();
  });
}
