/** What the outside asks of a running pipeline. */
export type Control =
  | { readonly kind: "learning"; readonly on: boolean }
  /** Forget what was learned: fresh weights, no names. Files stay. */
  | { readonly kind: "reset" }
  /** Name a group of `Learned.groups` by hand; an empty name takes the given name away. */
  | { readonly kind: "name"; readonly group: number; readonly name: string }
  | { readonly kind: "stop" };

/** What a name may be: the page's field and the model file hold no more. */
export const MAX_NAME_CHARACTERS = 24;
