import { shorten } from '../../../errors/one-line.ts';
import { escaped } from '../../html.ts';

/** Of a class or a group; a title has the whole of it. */
const MOST_CHARACTERS = 60;

/** A name of any length and content, as text. */
export const named = (name: string): string => escaped(shorten(name, MOST_CHARACTERS));

/** A threshold: close to 1, more digits tell more. */
export const threshold = (value: number): string => value.toFixed(value > 0.99 ? 5 : 3);
