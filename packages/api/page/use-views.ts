import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { formatAddress, parseAddress } from './address.ts';

/** A view that has been shown, with its state as the address has it. */
interface VisitedView {
  readonly parameters: URLSearchParams;
  /** Another number whenever an address was followed that its state does not say: it begins anew. */
  readonly visit: number;
}

interface Visited {
  readonly shown: string;
  readonly views: ReadonlyMap<string, VisitedView>;
}

interface UsedViews extends Visited {
  /** Writes a view’s state into the address, without an entry in the history. */
  readonly write: (view: string, parameters: URLSearchParams) => void;
}

/** Which view the address names, and the state of all that have been shown. @param names the first is shown by default. */
export function useViews(names: readonly string[]): UsedViews {
  const [visited, setVisited] = useState(() => follow(EMPTY, location.hash, names));
  const known = useRef(location.hash);
  useEffect(() => {
    const followed = () => {
      known.current = location.hash;
      setVisited((last) => follow(last, known.current, names));
    };
    addEventListener('hashchange', followed);
    return () => removeEventListener('hashchange', followed);
  }, [names]);
  const write = useCallback((view: string, parameters: URLSearchParams) => {
    // Another address has been followed, and the view is about to be told.
    if (location.hash !== known.current) return;
    history.replaceState(null, '', formatAddress({ view, parameters }));
    known.current = location.hash;
    setVisited(({ shown, views }) => {
      const visit = views.get(view)?.visit ?? 0;
      return { shown, views: new Map(views).set(view, { parameters, visit }) };
    });
  }, []);
  return { ...visited, write };
}

const EMPTY: Visited = { shown: '', views: new Map() };

function follow({ views }: Visited, hash: string, names: readonly string[]): Visited {
  const { view, parameters } = parseAddress(hash);
  const shown = names.includes(view) ? view : names[0]!;
  const known = views.get(shown);
  if (known !== undefined && known.parameters.toString() === parameters.toString())
    return { shown, views };
  const visit = (known?.visit ?? 0) + 1;
  return { shown, views: new Map(views).set(shown, { parameters, visit }) };
}
