import { ClipError } from '../errors.ts';

const NAME = '[A-Za-z0-9][A-Za-z0-9._-]{0,95}';
const ID = new RegExp(`^${NAME}/${NAME}$`);
const REVISION = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/;

/** What the hub calls a model by: `org/name`. */
export const isModelId = (text: string): boolean => ID.test(text);

/**
 * @param where it stands, for the message.
 * @throws ClipError BAD_INPUT for what no branch, tag or commit is called.
 */
export function checkRevision(revision: string, where: string): void {
  if (REVISION.test(revision) && !revision.includes('..')) return;
  const got = JSON.stringify(revision.slice(0, 100));
  throw new ClipError('BAD_INPUT', `expected a branch, tag or commit ${where}, got ${got}`);
}

/** 408, 429 and 5xx pass; another answer will be the same next time. */
export const mayPass = (status: number): boolean =>
  status === 408 || status === 429 || status >= 500;
