import { Subject, VirtualTimeScheduler } from "rxjs";
import { describe, expect, it } from "vitest";
import type { EventBatch } from "../../src/core/batches.ts";
import { LiveGraph } from "../../src/pipeline/live-graph.ts";
import { episodeBatch, fakeClock, fakeModel, fakeNetwork, fakeReadout, fakeSensor } from "./live-world.ts";

const NETWORK_MS = 7;
const READOUT_MS = 2;

/** A graph whose network and readout take their time, and whose queue moves when the test lets it. */
function world(paced: boolean) {
  const { clock, passMs } = fakeClock();
  const beganUs = clock.nowUs();
  const [network, readout] = [fakeNetwork(), fakeReadout()];
  const model = fakeModel([], {
    network: {
      ...network,
      present: (...args) => {
        passMs(NETWORK_MS);
        return network.present(...args);
      },
    },
    readout: {
      ...readout,
      decide: (counts) => {
        passMs(READOUT_MS);
        return readout.decide(counts);
      },
    },
  });
  const batch$ = new Subject<EventBatch>();
  const scheduler = new VirtualTimeScheduler();
  const arrivals: number[] = [];
  const graph = new LiveGraph(
    { sensor: fakeSensor(batch$, { paced }), model, control$: new Subject() },
    clock,
    scheduler,
  );
  graph.decisions().subscribe(({ arrivedUs }) => arrivals.push((arrivedUs - beganUs) / 1000));
  return {
    passMs,
    arrivals,
    push: (index: number) => batch$.next(episodeBatch(index)),
    turn: () => scheduler.flush(),
    latencies: () =>
      Object.fromEntries(
        graph.snapshot("running").latencies.map(({ name, ...quantiles }) => [name, quantiles]),
      ),
  };
}

/** A histogram's quantile is off by at most 4.4 %. */
const about = (us: number) =>
  expect.toSatisfy((found: number) => Math.abs(found / us - 1) < 0.045, `about ${us} µs`);

describe("the latencies of the live pipeline", () => {
  it("are those of queue, network, readout, and of the whole way from a frame's last events to its answer", () => {
    const { passMs, push, turn, arrivals, latencies } = world(true);
    expect(latencies()).toEqual({});
    push(0);
    passMs(100);
    // Closes the first frame, which then waits for 5 ms.
    push(1);
    passMs(5);
    turn();
    expect(arrivals).toEqual([0]);
    const [network, readout] = [1000 * NETWORK_MS, 1000 * READOUT_MS];
    expect(latencies()).toMatchObject({
      queue: { p50Us: about(5000), p99Us: about(5000) },
      network: { p50Us: about(network) },
      readout: { p50Us: about(readout) },
      answer: { p50Us: about(100_000 + 5000 + network + readout) },
    });
    // The second frame has been here since 100 ms; the time of the first one is its time too.
    passMs(36);
    push(2);
    passMs(11);
    turn();
    expect(arrivals).toEqual([0, 100]);
    const second = 5000 + network + readout + 36_000 + 11_000 + network + readout;
    expect(latencies()).toMatchObject({
      queue: { p50Us: about(5000), p99Us: about(11_000) },
      answer: { p50Us: about(second), p99Us: about(100_000 + 5000 + network + readout) },
    });
  });

  it("count the wait for the frames before: two frames that come together are not answered together", () => {
    const { passMs, push, turn, latencies } = world(true);
    push(0);
    push(1);
    push(2);
    passMs(1);
    turn();
    const frame = 1000 * (NETWORK_MS + READOUT_MS);
    expect(latencies()).toMatchObject({
      queue: { p50Us: about(1000), p99Us: about(1000 + frame) },
      answer: { p50Us: about(1000 + frame), p99Us: about(1000 + 2 * frame) },
    });
  });

  it("have no queue where a sensor waits for its consumer", () => {
    const { push, passMs, latencies } = world(false);
    push(0);
    passMs(10);
    push(1);
    const names = Object.keys(latencies());
    expect(names).toEqual(["encoder", "network", "readout", "answer"]);
    expect(latencies()).toMatchObject({ answer: { p50Us: about(10_000 + 9000) } });
  });
});
