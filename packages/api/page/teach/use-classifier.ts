import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { askOperation, askPatiently } from '../server/ask.ts';
import { askChange } from '../server/change.ts';
import { refreshFacts } from '../server/facts.ts';
import type { Operation } from '../server/operation.ts';
import { useTurn } from '../server/use-turn.ts';
import {
  type Changed,
  type Classifier,
  type CrossValidation,
  findOperation,
  judgeOperation,
} from './classifier.ts';

/** The classifier that is open, as the server has it. */
export interface OpenClassifier {
  readonly classifier: Classifier | undefined;
  readonly error: Error | undefined;
  readonly reload: () => void;
  /** Changes it, after the changes before. @throws ServerError where it changed nothing. */
  readonly change: (operation: Operation) => Promise<Changed>;
  /** The last change, as it can be copied; undefined before the first. */
  readonly lastChange: Operation | undefined;
}

export function useClassifier(name: string): OpenClassifier {
  const [classifier, setClassifier] = useState<Classifier>();
  const [error, setError] = useState<Error>();
  const [lastChange, setLastChange] = useState<Operation>();
  const [turn, reload] = useTurn();
  const last = useRef<Promise<unknown>>(Promise.resolve());

  useEffect(() => {
    const control = new AbortController();
    setError(undefined);
    askOperation<Classifier>(findOperation(name), control.signal).then(
      setClassifier,
      (reason: Error) => control.signal.aborted || setError(reason),
    );
    return () => control.abort();
  }, [name, turn]);

  const change = useCallback((operation: Operation): Promise<Changed> => {
    const send = async () => {
      // What has been sent is done, even if the view is left.
      const changed = await askChange<Changed>(operation, new AbortController().signal);
      setClassifier((known) => (isSame(known, changed.classifier) ? known : changed.classifier!));
      setLastChange(operation);
      if (operation.field === 'setClasses') refreshFacts();
      return changed;
    };
    const done = last.current.then(send, send);
    last.current = done.catch(() => {});
    return done;
  }, []);
  return { classifier, error, reload, change, lastChange };
}

/** Pictures that were there already change nothing. */
const isSame = (known: Classifier | undefined, now: Classifier | null): boolean =>
  now === null || JSON.stringify(known) === JSON.stringify(now);

export interface Judged {
  readonly found: CrossValidation | undefined;
  /** Whether it is of the classifier as it was before a change. */
  readonly isStale: boolean;
  readonly error: Error | undefined;
  readonly retry: () => void;
}

/** How good it is, asked anew after each change. */
export function useCrossValidation(classifier: Classifier): Judged {
  const [state, setState] = useState<{
    readonly of?: Classifier;
    readonly found?: CrossValidation | undefined;
    readonly error?: Error;
  }>({});
  const [turn, retry] = useTurn();
  useEffect(() => {
    if (classifier.exampleCount === 0) {
      setState({ of: classifier });
      return;
    }
    const control = new AbortController();
    const ask = async () => {
      const { crossValidation } = await askPatiently<{ crossValidation: CrossValidation | null }>(
        judgeOperation(classifier.name),
        control.signal,
      );
      setState({ of: classifier, found: crossValidation ?? undefined });
    };
    ask().catch((error: Error) => control.signal.aborted || setState({ of: classifier, error }));
    return () => control.abort();
  }, [classifier, turn]);
  return {
    found: state.found,
    error: state.error,
    isStale: state.of !== classifier,
    retry,
  };
}
