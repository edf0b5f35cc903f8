import { useEffect, useState } from 'preact/hooks';
import { askDocument } from './ask.ts';
import { useTurn } from './use-turn.ts';

/** What the page has to know of the server. */
export interface ServerFacts extends Served, Kept {}

/** What a server knows without its database. */
interface Served {
  readonly models: readonly ServedModel[];
  readonly limits: Readonly<Record<LimitName, number>> & {
    /** Whether it draws pictures. */
    readonly pictures: boolean;
  };
}

/** What is in its database. */
interface Kept {
  readonly labelSets: readonly { readonly name: string; readonly labels: readonly string[] }[];
  /** Null where it keeps none, or they are not known. */
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

const SERVED = `query Served {
  models { name loaded embedded note parameters imageSize memoryBytes backend { name precision simd mode adapter threads } }
  limits { images imageBytes imageMegapixels labels textCharacters pictures }
}`;

const KEPT = `query Kept {
  labelSets { name labels }
  classifiers { name classes { label } }
}`;

const UNKNOWN: Kept = { labelSets: [], classifiers: null };

/** Views that show facts; each asks anew when they have changed. */
const shown = new Set<() => void>();

/** To be called when this page has changed what the server has, such as its classifiers. */
export function refreshFacts(): void {
  for (const ask of shown) ask();
}

interface AskedFacts {
  /** Without label sets and classifiers while the database is away. */
  readonly facts: ServerFacts | undefined;
  readonly error: Error | undefined;
  readonly refresh: () => void;
}

/** Asks the server about itself, at first and again on `refresh`. */
export function useServerFacts(): AskedFacts {
  const [turn, refresh] = useTurn();
  const served = useDocument<Served>(SERVED, turn);
  const kept = useDocument<Kept>(KEPT, turn);
  useEffect(() => {
    shown.add(refresh);
    return () => shown.delete(refresh);
  }, [refresh]);
  const facts = served.answer && { ...served.answer, ...(kept.answer ?? UNKNOWN) };
  return { facts, error: served.error ?? kept.error, refresh };
}

interface Asked<Answer> {
  /** The last one, which stays when asking again fails. */
  readonly answer?: Answer;
  readonly error?: Error | undefined;
}

/** Asks a document at first, and again at each turn. */
function useDocument<Answer>(query: string, turn: number): Asked<Answer> {
  const [asked, setAsked] = useState<Asked<Answer>>({});
  useEffect(() => {
    const control = new AbortController();
    askDocument<Answer>(query, control.signal).then(
      (answer) => setAsked({ answer }),
      (error: Error) => control.signal.aborted || setAsked((last) => ({ ...last, error })),
    );
    return () => control.abort();
  }, [query, turn]);
  return asked;
}
