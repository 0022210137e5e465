/** Lets a value pass only when the one before has been acknowledged, so that a slow reader is never flooded. */
import { Observable, type OperatorFunction } from "rxjs";
import type { StageCounts } from "../../core/telemetry.ts";

/** Accounts of the values that passed and of those a newer one replaced. */
export class AcknowledgedCounts {
  #delivered = 0;
  #superseded = 0;

  pass(): void {
    this.#delivered++;
  }

  supersede(): void {
    this.#superseded++;
  }

  counts(): StageCounts {
    return {
      name: "snapshots",
      received: this.#delivered + this.#superseded,
      delivered: this.#delivered,
      held: 0,
      dropped: this.#superseded > 0 ? { superseded: this.#superseded } : {},
      unit: "snapshots",
    };
  }
}

/** `isFinal` values pass in any case: nothing will replace them. */
export function whileAcknowledged<T>(
  acknowledged$: Observable<unknown>,
  options: { readonly isFinal: (value: T) => boolean; readonly accounts: AcknowledgedCounts },
): OperatorFunction<T, T> {
  const { isFinal, accounts } = options;
  return (source) =>
    new Observable((subscriber) => {
      let isFree = true;
      subscriber.add(
        acknowledged$.subscribe(() => {
          isFree = true;
        }),
      );
      subscriber.add(
        source.subscribe({
          next: (value) => {
            if (!isFree && !isFinal(value)) {
              accounts.supersede();
              return;
            }
            isFree = false;
            accounts.pass();
            subscriber.next(value);
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      );
    });
}
