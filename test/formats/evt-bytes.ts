/** Writes Prophesee words and headers, and drains decoders, for tests that need a recording of their own making. */
import type { EventBatch } from "../../src/core/batches.ts";
import { SpikelineError } from "../../src/core/errors.ts";
import type { EvtDecoder } from "../../src/formats/evt-decoder.ts";

/** Time in microseconds, x, y, polarity. */
export type Row = readonly [number, number, number, number];

export const textBytes = (text: string) => new TextEncoder().encode(text);

export const headerText = (format: string, width: number, height: number) =>
  `% Date 2026-01-01 00:00:00\n% format ${format};height=${height};width=${width}\n% end\n`;

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Little-endian words of 2 or 4 bytes. */
export function wordBytes(words: readonly number[], size: 2 | 4): Uint8Array {
  const bytes = new Uint8Array(words.length * size);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of words.entries()) {
    if (size === 2) view.setUint16(i * 2, word, true);
    else view.setUint32(i * 4, word, true);
  }
  return bytes;
}

export const evt2 = {
  high: (timeUs: number) => (0x8 * 2 ** 28 + (Math.floor(timeUs / 64) % 2 ** 28)) >>> 0,
  event: ([timeUs, x, y, polarity]: Row) =>
    (polarity * 2 ** 28 + (timeUs % 64) * 2 ** 22 + x * 2 ** 11 + y) >>> 0,
  word: (type: number, rest = 0) => (type * 2 ** 28 + rest) >>> 0,
};

export const evt3 = {
  high: (timeUs: number) => 0x8000 | (Math.floor(timeUs / 4096) % 4096),
  low: (timeUs: number) => 0x6000 | (timeUs % 4096),
  row: (y: number) => y,
  event: (x: number, polarity: number) => 0x2000 | (polarity << 11) | x,
  base: (x: number, polarity: number) => 0x3000 | (polarity << 11) | x,
  vector12: (mask: number) => 0x4000 | mask,
  vector8: (mask: number) => 0x5000 | mask,
  word: (type: number, rest = 0) => (type << 12) | rest,
};

/** Words for rows sorted by time: time and row are said when they change; in EVT3 the time in full. */
export function evt2Words(rows: readonly Row[]): number[] {
  let last = -1;
  return rows.flatMap((row) => {
    const high = evt2.high(row[0]);
    const words = high === last ? [evt2.event(row)] : [high, evt2.event(row)];
    last = high;
    return words;
  });
}

export const evt3Words = (rows: readonly Row[]): number[] =>
  rows.flatMap(([timeUs, x, y, polarity]) => [
    evt3.high(timeUs),
    evt3.low(timeUs),
    evt3.row(y),
    evt3.event(x, polarity),
  ]);

export type Decoded = {
  readonly batches: readonly EventBatch[];
  readonly rows: readonly Row[];
  readonly error: SpikelineError | undefined;
};

export const rowsOf = (batches: readonly EventBatch[]): Row[] =>
  batches.flatMap((batch) =>
    Array.from(
      { length: batch.length },
      (_, i): Row => [
        batch.startUs + (batch.offsetUs[i] ?? -1),
        batch.x[i] ?? -1,
        batch.y[i] ?? -1,
        batch.polarity[i] ?? -1,
      ],
    ),
  );

/** Feeds the bytes in chunks and takes all there is; only a sentence of ours may end it early. */
export function drain(decoder: EvtDecoder, bytes: Uint8Array, chunkBytes = bytes.length): Decoded {
  const batches: EventBatch[] = [];
  let error: SpikelineError | undefined;
  const take = () => {
    for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) batches.push(batch);
  };
  try {
    for (let at = 0; at < bytes.length; at += Math.max(1, chunkBytes)) {
      decoder.append(bytes.subarray(at, at + Math.max(1, chunkBytes)));
      take();
    }
    decoder.end();
    take();
  } catch (thrown) {
    if (!(thrown instanceof SpikelineError)) throw thrown;
    error = thrown;
  }
  return {
    batches,
    error,
    get rows() {
      return rowsOf(batches);
    },
  };
}

/** Zero while the accounts are whole. */
export function balanceOf(decoder: EvtDecoder): number {
  const { words, markers, delivered, held, dropped } = decoder.counts();
  return words - markers - delivered - held - Object.values(dropped).reduce((sum, count) => sum + count, 0);
}

/**
 * What must come of events in the order of the file: up to 1 ms of disorder is sorted, the rest is refused, until
 * eight refused in a row have gone on for 1 ms: the clock was set back, and what follows is sorted for itself.
 */
export function inOrder(rows: readonly Row[]): { readonly rows: readonly Row[]; readonly late: number } {
  const epochs: Row[][] = [[]];
  let frontUs = 0;
  let late = 0;
  let run: number[] = [];
  for (const row of rows) {
    const [timeUs] = row;
    if (timeUs < frontUs - 1000) {
      run = timeUs < (run[0] ?? 0) ? [timeUs] : [...run, timeUs];
      if (run.length < 8 || timeUs - (run[0] ?? 0) < 1000) {
        late++;
        continue;
      }
      epochs.push([]);
      frontUs = timeUs;
    }
    run = [];
    frontUs = Math.max(frontUs, timeUs);
    epochs.at(-1)?.push(row);
  }
  return { rows: epochs.flatMap((epoch) => epoch.toSorted(([a], [b]) => a - b)), late };
}
