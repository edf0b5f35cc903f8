import { ApiError } from '../errors/api-error.ts';
import { grouped } from '../errors/grouped.ts';

/** Of one owner. */
export const MAX_COLLECTIONS = 100;
/** Of a collection: every one may be asked for and ordered by. */
export const MAX_METADATA_FIELDS = 256;
/** Of one operation: what goes over all items of a collection. */
const MAX_SCANS = 16;
/** Searches that these count for: an index goes over a fraction of what they do. */
export const SCANS = { exact: 4, evaluate: 4, crossValidation: 4, duplicates: 8 } as const;
/** Of one owner, that are not over. */
const MAX_OPEN_JOBS = 100;
/** Of one owner, that are over: the oldest are forgotten. */
export const MAX_KEPT_JOBS = 200;
/** Items that one mutation changes. */
export const MAX_CHANGED_ITEMS = 1_000;

/**
 * Characters of a table’s items, keys, URLs, metadata and names of fields together: they wait on the disk
 * until they are indexed. Ten million rows may have 50 each.
 */
export const MAX_TABLE_TEXT = 512 * 2 ** 20;

/** @throws ApiError TOO_MANY_SCANS for more than one operation may ask for. */
export function checkScans(scans: number): void {
  if (scans <= MAX_SCANS) return;
  const expected = `expected at most ${MAX_SCANS} searches, pages of collections and changes of classifiers in one operation`;
  const weights = Object.entries(SCANS).map(([what, count]) => `\`${what}\` counts for ${count}`);
  throw new ApiError(
    'TOO_MANY_SCANS',
    `${expected} (${weights.join(', ')}, and each within \`collections\` for ${MAX_COLLECTIONS}), got ${grouped(scans)}`,
  );
}

/** @throws ApiError TOO_MANY_JOBS for one more than an owner may have. */
export function checkOpenJobs(open: number): void {
  if (open < MAX_OPEN_JOBS) return;
  throw new ApiError(
    'TOO_MANY_JOBS',
    `expected at most ${MAX_OPEN_JOBS} jobs that are not over, got ${open + 1}`,
  );
}

/** @throws ApiError BAD_INPUT for more items than one mutation changes. */
export function checkChangedItems(items: number): void {
  if (items <= MAX_CHANGED_ITEMS) return;
  throw new ApiError(
    'BAD_INPUT',
    `expected at most ${grouped(MAX_CHANGED_ITEMS)} items, got ${grouped(items)}`,
  );
}
