/** A message that is serialised when the first viewer needs it and then shared: every send borrows the same bytes. */
export class SharedMessage {
  readonly #encode: () => Uint8Array;
  #bytes: Uint8Array | undefined;

  constructor(encode: () => Uint8Array) {
    this.#encode = encode;
  }

  /** Borrowed: always the same array, so its identity tells one message from another. */
  bytes(): Uint8Array {
    this.#bytes ??= this.#encode();
    return this.#bytes;
  }
}
