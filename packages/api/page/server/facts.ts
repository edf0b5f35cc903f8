import { useCallback, useEffect, useState } from 'preact/hooks';
import { askDocument } from './ask.ts';

/** What the page has to know of the server. */
export interface ServerFacts {
  readonly models: readonly ServedModel[];
  readonly limits: Readonly<Record<LimitName, number>>;
  readonly labelSets: readonly { readonly name: string; readonly labels: readonly string[] }[];
  readonly classifiers:
    | readonly {
        readonly name: string;
        readonly classes: readonly { readonly label: string }[];
      }[]
    | null;
}

export interface ServedModel {
  readonly name: string;
  readonly loaded: boolean;
  readonly embedded: boolean | null;
  readonly note: string | null;
  readonly parameters: number | null;
  readonly imageSize: number | null;
  readonly memoryBytes: number | null;
  readonly backend: {
    readonly name: string;
    readonly precision: string;
    readonly simd: string | null;
    readonly mode: string | null;
    readonly adapter: string | null;
    readonly threads: number;
  } | null;
}

type LimitName = 'images' | 'imageBytes' | 'imageMegapixels' | 'labels' | 'textCharacters';

const FACTS = `query Facts {
  models { name loaded embedded note parameters imageSize memoryBytes backend { name precision simd mode adapter threads } }
  limits { images imageBytes imageMegapixels labels textCharacters }
  labelSets { name labels }
  classifiers { name classes { label } }
}`;

/** Views that show facts; each asks anew when they have changed. */
const shown = new Set<() => void>();

/** To be called when this page has changed what the server has, such as its classifiers. */
export function refreshFacts(): void {
  for (const ask of shown) ask();
}

interface AskedFacts {
  readonly facts: ServerFacts | undefined;
  readonly error: Error | undefined;
  readonly refresh: () => void;
}

/** Asks the server about itself, at first and again on `refresh`. */
export function useServerFacts(): AskedFacts {
  const [state, setState] = useState<Pick<AskedFacts, 'facts' | 'error'>>({
    facts: undefined,
    error: undefined,
  });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const control = new AbortController();
    askDocument<ServerFacts>(FACTS, control.signal).then(
      (facts) => setState({ facts, error: undefined }),
      (error: Error) => control.signal.aborted || setState((last) => ({ ...last, error })),
    );
    return () => control.abort();
  }, [turn]);
  const refresh = useCallback(() => setTurn((last) => last + 1), []);
  useEffect(() => {
    shown.add(refresh);
    return () => shown.delete(refresh);
  }, [refresh]);
  return { ...state, refresh };
}
