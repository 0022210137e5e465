/** The only place of the page that reads clocks: a monotonic one for ages and rates, a wall clock for words. */

/** Milliseconds since the page was opened, monotonic; the same time base as animation frames. */
export const nowMs = (): number => performance.now();

/** "14:07:31" in the reader's own way of writing it. */
export const timeOfDay = (): string => new Intl.DateTimeFormat(undefined, { timeStyle: "medium" }).format();
