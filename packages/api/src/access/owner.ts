import { createHash } from 'node:crypto';

/** Whose label sets: the hash of a caller's name, which is of any length and may hold anything. */
export type Owner = string;

/** Everybody's. */
export const SHARED: Owner = '';

/** @param caller a key's name or a token's subject; undefined for everybody. */
export const ownerOf = (caller: string | undefined): Owner =>
  caller === undefined ? SHARED : createHash('sha256').update(caller).digest('hex');

export const isOwner = (name: string): name is Owner => /^[0-9a-f]{64}$/.test(name);
