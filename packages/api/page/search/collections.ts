import { useEffect, useState } from 'preact/hooks';
import { askDocument } from '../server/ask.ts';
import { useTurn } from '../server/use-turn.ts';
import type { Field } from './condition.ts';
import type { Job } from './job.ts';
import { JOB } from './job.ts';

export interface Collection {
  readonly name: string;
  readonly model: string;
  readonly itemCount: number;
  readonly fields: readonly Field[];
}

interface Shelf {
  readonly collections: readonly Collection[];
  readonly jobs: readonly Job[];
}

interface AskedShelf {
  /** Undefined until the server has said. */
  readonly shelf: Shelf | undefined;
  readonly error: Error | undefined;
  readonly refresh: () => void;
}

const SHELF = `query Collections {
  collections { name model itemCount fields { name type } }
  jobs(first: 20) { ${JOB} }
}`;

/** Asks which collections and jobs there are, at first and again on `refresh`. */
export function useCollections(): AskedShelf {
  const [state, setState] = useState<Pick<AskedShelf, 'shelf' | 'error'>>({
    shelf: undefined,
    error: undefined,
  });
  const [turn, refresh] = useTurn();
  useEffect(() => {
    const control = new AbortController();
    askDocument<Shelf>(SHELF, control.signal).then(
      (shelf) => setState({ shelf, error: undefined }),
      (error: Error) => control.signal.aborted || setState((last) => ({ ...last, error })),
    );
    return () => control.abort();
  }, [turn]);
  return { ...state, refresh };
}
