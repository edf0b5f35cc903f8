import { useCallback, useEffect, useState } from 'preact/hooks';
import { onKeyFound } from './key.ts';

/** A number that goes up when something is to be asked again: on `again`, and when there is a key at last. */
export function useTurn(): readonly [turn: number, again: () => void] {
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((last) => last + 1), []);
  useEffect(() => onKeyFound(again), [again]);
  return [turn, again];
}
