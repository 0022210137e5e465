/** Holding the picture: the panels stand still at one moment while the data goes on. */
import { byId, setText } from "./dom.ts";
import { age } from "./format.ts";
import type { Moment } from "./moment.ts";
import type { Theme } from "./theme.ts";

export class Hold {
  #held: Moment | undefined;
  #drawnTheme: Theme | undefined;

  /** Holds what is, or lets go. */
  toggle(now: Moment | undefined, nowMs: number): void {
    this.#held = this.#held === undefined ? now : undefined;
    this.#drawnTheme = undefined;
    this.show(nowMs);
  }

  /** The moment that the panels show; only the link's state is never held. */
  momentOf(now: Moment | undefined): Moment | undefined {
    if (this.#held === undefined || now === undefined) return now;
    return { ...this.#held, link: now.link };
  }

  /** True when the held pictures are drawn already: they are drawn anew only in other colours or sizes. */
  isDone(theme: Theme): boolean {
    if (this.#held === undefined || this.#drawnTheme === theme) return this.#held !== undefined;
    this.#drawnTheme = theme;
    return false;
  }

  /** Called four times a second. */
  show(nowMs: number): void {
    const words = byId("held");
    words.hidden = this.#held === undefined;
    if (this.#held !== undefined) setText(words, `held ${age(nowMs - this.#held.nowMs)}`);
  }
}
