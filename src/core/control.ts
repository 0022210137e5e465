/** What the outside asks of a running pipeline. */
export type Control =
  | { readonly kind: "learning"; readonly on: boolean }
  /** Forget what was learned: fresh weights, no names. Files stay. */
  | { readonly kind: "reset" }
  /** Name a group of `Learned.groups` by hand; an empty name takes the given name away. */
  | { readonly kind: "name"; readonly group: number; readonly name: string }
  | Reward
  | { readonly kind: "stop" };

/** Somebody who looks on says whether an answer was right. */
export type Reward = {
  readonly kind: "reward";
  /** `Decision.id` of the answer that was seen, which need not be the newest by the time this arrives. */
  readonly decision: number;
  readonly outcome: "right" | "wrong";
  /** After "wrong": the name of what it was, of a class there is or of a new one. */
  readonly truth?: string;
};

/** What a name may be: the page's field and the model file hold no more. */
export const MAX_NAME_CHARACTERS = 24;
