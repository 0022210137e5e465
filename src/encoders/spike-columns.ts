/** Collects the spikes of one open frame in growing columns and hands out copies, exactly as long. */

/** About one N-MNIST recording. */
const INITIAL_SPIKES = 4096;

export class SpikeColumns {
  #length = 0;
  #offsetUs = new Uint32Array(INITIAL_SPIKES);
  #neuron = new Uint32Array(INITIAL_SPIKES);

  get length(): number {
    return this.#length;
  }

  push(offsetUs: number, neuron: number): void {
    const at = this.#length;
    if (at === this.#offsetUs.length) this.#grow();
    this.#offsetUs[at] = offsetUs;
    this.#neuron[at] = neuron;
    this.#length = at + 1;
  }

  /** What was collected; the columns are empty afterwards. */
  take(): { readonly offsetUs: Uint32Array; readonly neuron: Uint32Array; readonly length: number } {
    const length = this.#length;
    this.#length = 0;
    return { offsetUs: this.#offsetUs.slice(0, length), neuron: this.#neuron.slice(0, length), length };
  }

  clear(): void {
    this.#length = 0;
  }

  #grow(): void {
    const { offsetUs, neuron, length } = this.take();
    this.#offsetUs = new Uint32Array(length * 2);
    this.#offsetUs.set(offsetUs);
    this.#neuron = new Uint32Array(length * 2);
    this.#neuron.set(neuron);
    this.#length = length;
  }
}
