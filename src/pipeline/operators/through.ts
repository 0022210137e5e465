/** Carries a stage (a filter, an encoder) in a pipeline. */
import { Observable, type OperatorFunction } from "rxjs";
import type { Stage } from "../../encoders/stage.ts";

/**
 * Pushes every value through the stage and emits what comes out, in order; completion gives out what was still open.
 * The stage is reset on subscription and keeps its accounts afterwards, so one stage serves one subscriber at a time.
 */
export function through<In, Out>(stage: Stage<In, Out>): OperatorFunction<In, Out> {
  return (source) =>
    new Observable((subscriber) => {
      stage.reset();
      return source.subscribe({
        next: (value) => {
          let results: readonly Out[];
          try {
            results = stage.push(value);
          } catch (error) {
            subscriber.error(error);
            return;
          }
          for (const result of results) subscriber.next(result);
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          try {
            for (const result of stage.flush()) subscriber.next(result);
          } catch (error) {
            subscriber.error(error);
            return;
          }
          subscriber.complete();
        },
      });
    });
}
