import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { voteOfShares } from "../../src/readout/pooling.ts";

const softmax = (scores: readonly number[]): Float32Array => {
  const most = Math.max(...scores);
  const raised = scores.map((score) => Math.exp(score - most));
  const sum = raised.reduce((total, one) => total + one, 0);
  return Float32Array.from(raised, (one) => one / sum);
};

describe("shares at a temperature", () => {
  it("are the softmax of the scores divided by it, whatever the scores", () => {
    const score = fc.double({ min: -20, max: 20, noNaN: true });
    const scores = fc.array(score, { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(scores, fc.double({ min: 0.5, max: 20, noNaN: true }), (all, temperature) => {
        const { shares } = voteOfShares(0, softmax(all), { temperature });
        const wanted = softmax(all.map((one) => one / temperature));
        shares.forEach((found, label) => {
          expect(Math.abs(found - (wanted[label] ?? 0))).toBeLessThan(1e-5);
        });
      }),
    );
  });

  it("bring margin and confidence down with them, and leave the label", () => {
    const shares = softmax([6, 2, 0]);
    const [sharp, soft] = [1, 4].map((temperature) => voteOfShares(0, shares, { temperature }));
    expect(soft?.label).toBe(0);
    expect(soft?.confidence).toBeLessThan(0.8 * (sharp?.confidence ?? 0));
    expect(soft?.margin).toBeLessThan(0.6 * (sharp?.margin ?? 0));
  });

  it("stay sound where rounding left a class no share at all", () => {
    const { shares } = voteOfShares(0, Float32Array.of(1, 0, 0), { temperature: 2 });
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
    expect(shares[1]).toBeGreaterThan(0);
    expect(shares[1]).toBeLessThan(1e-15);
  });
});
