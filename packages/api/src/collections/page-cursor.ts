import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ApiError } from '../errors/api-error.ts';
import { shownValue } from '../errors/one-line.ts';
import { isText } from '../limits/is-text.ts';
import type { Filter } from './filter.ts';
import type { Order } from './store.ts';

/** Where an item stands in an order: its value in it, null where it has none, and its key. */
export interface Position {
  readonly value: string | number | null;
  readonly key: string;
}

const cursorSchema = z.tuple([z.string(), z.union([z.string(), z.number(), z.null()]), z.string()]);

/** Of an item's own values, so that it holds when the item is gone. */
export function encodeCursor({ value, key }: Position, order: Order, where?: Filter): string {
  return Buffer.from(JSON.stringify([queryHash(order, where), value, key])).toString('base64url');
}

/** @throws ApiError BAD_CURSOR unless `encodeCursor` made it for this query. */
export function decodeCursor(cursor: string, order: Order, where?: Filter): Position {
  const [hash, value, key] = parsed(cursor) ?? [];
  if (hash === undefined || ![value, key].every(isKept)) throw badCursor(cursor);
  if (hash !== queryHash(order, where)) {
    throw new ApiError('BAD_CURSOR', 'expected a cursor of this query, got one of another');
  }
  return { value: value!, key: key! };
}

/** A text that no engine keeps was never in a cursor. */
const isKept = (value: unknown): boolean => typeof value !== 'string' || isText(value);

/** For one that is none, or whose value is of another type than the order’s. */
export const badCursor = (cursor: string): ApiError =>
  new ApiError('BAD_CURSOR', `expected a cursor of a page, got ${shownValue(cursor)}`);

function parsed(cursor: string) {
  try {
    return cursorSchema.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString())).data;
  } catch {
    return undefined;
  }
}

const queryHash = ({ by, descending }: Order, where: Filter | undefined): string =>
  createHash('sha256')
    .update(JSON.stringify([by, descending, where ?? null]))
    .digest('base64url')
    .slice(0, 10);
