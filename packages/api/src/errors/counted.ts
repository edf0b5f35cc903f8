import { grouped } from './grouped.ts';

/** A number with what it counts: `1 image`, `8,192 images`. @param many `one` with an s unless given. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;
