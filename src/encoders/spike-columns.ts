/** Collects the spikes of one open frame in growing columns and hands out copies, exactly as long. */

/** About one N-MNIST recording. */
const INITIAL_SPIKES = 4096;

export class SpikeColumns {
  /** Spikes collected; whoever wrote into the columns of `reserve` sets it. */
  length = 0;
  #offsetUs = new Uint32Array(INITIAL_SPIKES);
  #neuron = new Uint32Array(INITIAL_SPIKES);

  push(offsetUs: number, neuron: number): void {
    const at = this.length;
    if (at === this.#offsetUs.length) this.#grow(at * 2);
    this.#offsetUs[at] = offsetUs;
    this.#neuron[at] = neuron;
    this.length = at + 1;
  }

  /** The columns, with room for so many spikes behind those collected: to be written from `length` on, and not kept. */
  reserve(spikes: number): { readonly offsetUs: Uint32Array; readonly neuron: Uint32Array } {
    const needed = this.length + spikes;
    const room = this.#offsetUs.length;
    if (needed > room) this.#grow(Math.max(needed, room * 2));
    return { offsetUs: this.#offsetUs, neuron: this.#neuron };
  }

  /** What was collected; the columns are empty afterwards. */
  take(): { readonly offsetUs: Uint32Array; readonly neuron: Uint32Array; readonly length: number } {
    const { length } = this;
    this.length = 0;
    return { offsetUs: this.#offsetUs.slice(0, length), neuron: this.#neuron.slice(0, length), length };
  }

  clear(): void {
    this.length = 0;
  }

  #grow(room: number): void {
    const [offsetUs, neuron] = [this.#offsetUs, this.#neuron];
    this.#offsetUs = new Uint32Array(room);
    this.#offsetUs.set(offsetUs);
    this.#neuron = new Uint32Array(room);
    this.#neuron.set(neuron);
  }
}
