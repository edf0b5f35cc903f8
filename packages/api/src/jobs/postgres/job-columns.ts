/** Seconds that count for how many items there are a second, of late. */
const WINDOW = 10;

/** What is left of a rate after the time since something was counted. */
const fading = (since: string): string =>
  `exp(-extract(epoch FROM clock_timestamp() - ${since})::float8 / ${WINDOW})`;

/** The rate after `count` more. All workers of a job count in one place, by the clock of the database. */
export const rateWith = (count: string): string =>
  `rate = coalesce(rate * ${fading('rated_at')}, 0) + (${count})::float8 / ${WINDOW}, rated_at = clock_timestamp()`;

/** A rate begins at 0: divided by how much of it can be there by now, it is right from the first item on. */
const PER_SECOND = `rate * ${fading('rated_at')} / greatest(0.001, 1 - ${fading('began_at')})`;

/** What a `JobRow` is of. */
export const JOB_COLUMNS = `id, owner, collection, collection_id, work::text, local, state, total, done, failed,
  unchanged, ${PER_SECOND} AS per_second, error::text, created_at, version`;
