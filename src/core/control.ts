/** What the outside asks of a running pipeline. */
export type Control = { readonly kind: "learning"; readonly on: boolean } | { readonly kind: "stop" };
