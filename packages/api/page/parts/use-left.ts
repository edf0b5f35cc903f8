import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Whether the component is gone: what it has begun and cannot stop ends later, and is of no more use. */
export function useLeft(): RefObject<boolean> {
  const left = useRef(false);
  useEffect(
    () => () => {
      left.current = true;
    },
    [],
  );
  return left;
}
