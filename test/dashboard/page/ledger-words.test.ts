/** What the box at the line's end says in each of its states. */
import { describe, expect, it } from "vitest";
import type { StageCounts } from "../../../src/core/telemetry.ts";
import { type LossState, LossWatch, ledgerOf } from "../../../src/dashboard/page/ledger.ts";
import { ledgerWords } from "../../../src/dashboard/page/ledger-words.ts";

const sensor: StageCounts = {
  name: "sensor",
  received: 14_610_090,
  delivered: 14_608_779,
  held: 0,
  dropped: { overflow: 1_311 },
  unit: "events",
};
const encoder: StageCounts = {
  name: "encoder",
  received: 14_608_779,
  delivered: 14_287_288,
  held: 0,
  dropped: { filtered: 274_589, "queue full": 46_902 },
  unit: "events",
};

function wordsOf(stages: readonly StageCounts[], state: LossState) {
  const ledger = ledgerOf(stages);
  if (ledger === undefined) throw new Error("Expected a ledger.");
  return ledgerWords(ledger, stages, { state, times: { last: "14:07:31", seen: "14:09:00" } });
}

describe("the box", () => {
  it("says the sum that must hold, and never adds what was chosen to what was lost", () => {
    expect(wordsOf([sensor, encoder], "none").terms).toEqual([
      "14,610,090 events received",
      "= 14,287,288 used",
      "+ 274,589 filtered",
      "+ 48,213 lost",
    ]);
  });

  it("says while losing how much of everything, and the largest reasons", () => {
    const words = wordsOf([sensor, encoder], "losing");
    expect(words).toMatchObject({ lost: 48_213, word: "lost", short: "encoder: queue full" });
    expect(words.terms).toEqual([
      "0.33\u00a0% of 14,610,090 events",
      "46,902 encoder: queue full",
      "1,311 sensor: overflow",
    ]);
  });

  it("says afterwards when that was, and once seen since when nothing more was lost", () => {
    expect(wordsOf([sensor, encoder], "earlier").terms.at(-1)).toBe("· last 14:07:31");
    expect(wordsOf([sensor, encoder], "seen").terms.at(-1)).toBe("· 0 since 14:09:00");
  });

  it("keeps to the sum when the counts contradict each other, also while losing", () => {
    const broken = { ...encoder, delivered: encoder.delivered - 3 };
    expect(wordsOf([sensor, broken], "losing").terms).toContain("+ 3 not accounted for");
  });

  it("names what was lost where it is not events", () => {
    const whole = { ...sensor, delivered: sensor.received, dropped: {} };
    const queue: StageCounts = {
      name: "queue",
      received: 200,
      delivered: 195,
      held: 1,
      limit: 8,
      dropped: { "drop-oldest": 4 },
      unit: "frames",
    };
    expect(wordsOf([whole, queue], "losing")).toMatchObject({
      lost: 4,
      word: "frames lost",
      terms: ["2.00\u00a0% of 200 frames", "4 queue: drop-oldest"],
    });
  });
});

describe("a loss that was seen", () => {
  it("is quiet until more is lost, and the number stays", () => {
    const watch = new LossWatch();
    watch.update(0, 0);
    watch.update(5, 1000);
    watch.markSeen();
    // Seen or not, it is going on.
    expect(watch.state(2000)).toBe("losing");
    expect(watch.state(20_000)).toBe("seen");
    watch.update(6, 30_000);
    expect(watch.state(30_000)).toBe("losing");
    expect(watch.state(50_000)).toBe("earlier");
  });

  it("is forgotten when the pipeline starts anew", () => {
    const watch = new LossWatch();
    watch.update(5, 0);
    watch.markSeen();
    watch.update(2, 1000);
    expect(watch.state(1000)).toBe("earlier");
  });
});
