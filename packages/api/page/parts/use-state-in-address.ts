import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ViewProps } from '../view.ts';

/**
 * Keeps the address that of a view's state, from the first change on: the page that has just been opened need not be
 * rendered again for what its address says already.
 */
export function useStateInAddress(
  parameters: URLSearchParams,
  { isShown, onParameters }: Pick<ViewProps, 'isShown' | 'onParameters'>,
): void {
  const written = parameters.toString();
  const first = useRef<string | undefined>(written);
  // Before anything is painted: a page that is loaded again at once shows what was last seen.
  useLayoutEffect(() => {
    if (written === first.current) return;
    first.current = undefined;
    if (isShown) onParameters(new URLSearchParams(written));
  }, [written, isShown, onParameters]);
}
