import { PICTURE_QUALITIES } from '@clipql/core';
import { z } from 'zod';
import { isOwner, SHARED } from '../access/owner.ts';
import { ERROR_CODES } from '../errors/error-codes.ts';
import type { PictureProgress, PictureRecord } from './picture.ts';

const STATES = ['QUEUED', 'RUNNING', 'PAUSED', 'DONE', 'FAILED', 'CANCELLED'] as const;

const recordSchema = z.object({
  owner: z.string().refine((owner) => owner === SHARED || isOwner(owner)),
  createdAt: z.iso.datetime().transform((text) => new Date(text)),
  // What was drawn when the server ended is drawn again.
  state: z.enum(STATES).transform((state) => (state === 'RUNNING' ? 'QUEUED' : state)),
  settings: z.object({
    prompts: z.array(z.object({ text: z.string(), weight: z.number() })).min(1),
    seed: z.int(),
    quality: z.enum(PICTURE_QUALITIES),
    size: z.int(),
    keep: z.number().nullable(),
  }),
  models: z.array(z.string()).min(1),
  source: z.string().optional(),
  error: z.object({ code: z.enum(ERROR_CODES), message: z.string() }).optional(),
});

const progressSchema = z.object({
  step: z.int(),
  loss: z.number().optional(),
  score: z.number().optional(),
});

export const recordText = ({ id: _id, ...record }: PictureRecord): string =>
  `${JSON.stringify(record, null, 2)}\n`;

/** @returns undefined for what {@link recordText} did not write. */
export function parseRecord(id: string, bytes: Buffer | undefined): PictureRecord | undefined {
  const { data } = recordSchema.safeParse(parsed(bytes));
  if (data === undefined) return undefined;
  const { source, error, ...rest } = data;
  return { id, ...rest, source, error };
}

export const progressText = (progress: PictureProgress): string => JSON.stringify(progress);

/** @returns none for what {@link progressText} did not write. */
export function parseProgress(bytes: Buffer | undefined): PictureProgress {
  const { step = 0, loss, score } = progressSchema.safeParse(parsed(bytes)).data ?? {};
  return { step, loss, score };
}

function parsed(bytes: Buffer | undefined): unknown {
  try {
    return bytes && JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
