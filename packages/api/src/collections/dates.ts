/** A whole date, and perhaps a time; a time without a zone is in UTC, as EXIF has none. */
const DATE =
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;

/** A year or a month: where it begins. */
const BEGINNING = /^\d{4}(?:-\d{2})?$/;

/**
 * A date in ISO 8601 as milliseconds since 1970.
 *
 * @returns undefined for another text, and for a date that no calendar has.
 */
export function instantOf(text: string): number | undefined {
  if (!DATE.test(text)) return undefined;
  const day = text.slice(0, 10);
  const midnight = Date.parse(`${day}T00:00Z`);
  // 30 February would be one in March.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) {
    return undefined;
  }
  if (text.length === 10) return midnight;
  const time = text.slice(11);
  const instant = Date.parse(`${day}T${/(?:Z|[+-]\d{2}:\d{2})$/.test(time) ? time : `${time}Z`}`);
  return Number.isNaN(instant) ? undefined : instant;
}

/** The same for what a filter compares with, which may be a year or a month. */
export function beginningOf(text: string): number | undefined {
  return BEGINNING.test(text) ? instantOf(`${text}-01-01`.slice(0, 10)) : instantOf(text);
}
