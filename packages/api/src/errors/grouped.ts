/** A number as messages show it: `8,192`. */
export const grouped = (value: number): string => value.toLocaleString('en-US');
