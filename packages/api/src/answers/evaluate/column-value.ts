import type { MetadataValue } from '../../collections/item.ts';

/** A value of a column as a class or a group is called; undefined for none, or for a list. */
export function textOf(value: MetadataValue | undefined): string | undefined {
  if (value === undefined || typeof value === 'object') return undefined;
  const text = String(value).trim();
  return text === '' ? undefined : text;
}

/** Values in the order in which they are shown: 9 comes before 10. */
export const { compare: compareValues } = new Intl.Collator('en', { numeric: true });
