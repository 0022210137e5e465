/** Puts a bounded queue between a source that waits for nobody and a consumer that may be busy. */
import { asyncScheduler, Observable, type OperatorFunction, type SchedulerLike } from "rxjs";
import type { BoundedQueue } from "../bounded-queue.ts";

export type QueuedOptions<T> = {
  readonly queue: BoundedQueue<T>;
  /** Asked for each item: true lets it through at once, after those that wait. For a source that waits for us. */
  readonly isOpen?: () => boolean;
};

/**
 * Emits one waiting item per turn of the scheduler, so that source, timers and messages get their turn between two
 * items. Completes when the source has completed and nothing waits; an error passes at once. What still waits
 * when nobody listens any more is counted as dropped, "stopped".
 */
export function queued<T>(
  { queue, isOpen = () => false }: QueuedOptions<T>,
  scheduler: SchedulerLike = asyncScheduler,
): OperatorFunction<T, T> {
  return (source) =>
    new Observable((subscriber) => {
      let hasEnded = false;
      let isScheduled = false;

      const emitOne = () => {
        // Cleared before emitting: the consumer may make the source push.
        isScheduled = false;
        const item = queue.shift();
        if (item !== undefined) subscriber.next(item);
        scheduleNext();
      };
      const scheduleNext = () => {
        if (subscriber.closed || isScheduled) return;
        if (queue.held > 0) {
          isScheduled = true;
          subscriber.add(
            scheduler.schedule(function turn() {
              // An action that has run stays on the subscriber's list until it is unsubscribed.
              this.unsubscribe();
              emitOne();
            }),
          );
        } else if (hasEnded) {
          subscriber.complete();
        }
      };

      const emitAll = () => {
        for (let item = queue.shift(); item !== undefined; item = queue.shift()) subscriber.next(item);
      };

      subscriber.add(() => queue.clear("stopped"));
      subscriber.add(
        source.subscribe({
          next: (item) => {
            // Those that wait go first, lest the newcomer push one out.
            if (isOpen()) emitAll();
            queue.push(item);
            // One of those that waited may have been the last that was wanted.
            if (subscriber.closed) queue.clear("stopped");
            else if (isOpen()) emitAll();
            else scheduleNext();
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            hasEnded = true;
            scheduleNext();
          },
        }),
      );
    });
}
