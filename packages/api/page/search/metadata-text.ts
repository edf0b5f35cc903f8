/** Metadata in one line: `year: 1888 · by: Emerson`. */
export const metadataText = (metadata: Readonly<Record<string, unknown>>): string =>
  Object.entries(metadata)
    .map(([name, value]) => `${name}: ${valueText(value)}`)
    .join(' · ');

/** A value as it reads. */
export const valueText = (value: unknown): string =>
  Array.isArray(value) ? value.join(', ') : String(value);
