import { setImmediate } from 'node:timers/promises';
import type { Clip, TokenizedText } from '@clipql/core';

/** Milliseconds after which other requests get their turn. */
const TURN = 5;

/**
 * Tokenizes texts, which takes a second or two for a million characters, and lets the event loop
 * breathe meanwhile.
 *
 * @throws the signal's reason once it is aborted.
 */
export async function tokenizeAll(
  clip: Clip,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, TokenizedText>> {
  const tokenized = new Map<string, TokenizedText>();
  let turn = performance.now();
  for (const text of texts) {
    tokenized.set(text, clip.tokenize(text));
    if (performance.now() - turn < TURN) continue;
    await setImmediate();
    signal.throwIfAborted();
    turn = performance.now();
  }
  return tokenized;
}
