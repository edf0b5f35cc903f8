import type { RefObject } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { bringIntoView } from './bring-into-view.ts';

type Place = RefObject<HTMLElement | null>;

/** Brings a part of the view into sight once it has been rendered: on a narrow screen it may be far above or below. */
export function useScrollTo(): (place: Place) => void {
  const [wanted, setWanted] = useState<{ readonly place: Place }>();
  useEffect(() => {
    const element = wanted?.place.current;
    if (element) bringIntoView(element);
  }, [wanted]);
  return useCallback((place: Place) => setWanted({ place }), []);
}
