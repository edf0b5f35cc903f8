import { useCallback, useEffect, useState } from 'preact/hooks';
import type { FileLimits, PreparedFile } from '../parts/prepare-file.ts';
import { usePrepared } from '../parts/use-prepared.ts';
import { askPatiently } from '../server/ask.ts';
import type { Operation } from '../server/operation.ts';
import { useTurn } from '../server/use-turn.ts';
import { askClassifierOperation, type Classifier } from './classifier.ts';

interface Answer {
  readonly calibrated: boolean;
  readonly scores: readonly {
    readonly label: string;
    readonly probability: number | null;
    readonly cosine: number;
  }[];
}

/** A picture that the classifier is tried on, asked anew after each change. */
export interface Trial {
  readonly name: string | undefined;
  /** Where the browser finds it; undefined until that is known, and for what it cannot show. */
  readonly preview: string | undefined;
  readonly answer: Answer | undefined;
  /** Whether the answer is of the classifier as it was before a change, or of another picture. */
  readonly isStale: boolean;
  readonly error: Error | undefined;
  /** As it can be copied. */
  readonly operation: Operation | undefined;
  readonly onFile: (file: File | undefined) => void;
  readonly onUrl: (url: string) => void;
  readonly retry: () => void;
}

/** @param url the address of a picture to begin with; empty for none. @param onImage tells the address of another; empty for a file. */
export function useTrial(
  classifier: Classifier,
  url: string,
  limits: FileLimits | undefined,
  onImage: (url: string) => void,
): Trial {
  const [source, setSource] = useState<File | string | undefined>(url === '' ? undefined : url);
  const prepared = usePrepared(source, limits);
  const [outcome, setOutcome] = useState<Outcome>({});
  const [turn, retry] = useTurn();

  useEffect(() => {
    const image =
      typeof source === 'string' ? { url: source } : prepared && { upload: prepared.file };
    if (image === undefined) return;
    const control = new AbortController();
    askPatiently<Answer>(askClassifierOperation(classifier.name, image), control.signal).then(
      (answer) => setOutcome({ of: classifier, source, answer }),
      (error: Error) => control.signal.aborted || setOutcome({ of: classifier, source, error }),
    );
    return () => control.abort();
  }, [classifier, source, prepared, turn]);

  const isOfSource = outcome.source === source;
  return {
    name: source instanceof File ? source.name : source,
    preview: previewOf(source, prepared, isOfSource && outcome.answer !== undefined),
    answer: isOfSource ? outcome.answer : undefined,
    error: isOfSource ? outcome.error : undefined,
    isStale: outcome.of !== classifier || !isOfSource,
    operation:
      source === undefined
        ? undefined
        : askClassifierOperation(
            classifier.name,
            source instanceof File ? { upload: source } : { url: source },
          ),
    onFile: useCallback(
      (file) => {
        if (file === undefined) return;
        setSource(file);
        onImage('');
      },
      [onImage],
    ),
    onUrl: useCallback(
      (next) => {
        setSource(next);
        onImage(next);
      },
      [onImage],
    ),
    retry,
  };
}

interface Outcome {
  readonly of?: Classifier;
  readonly source?: File | string | undefined;
  readonly answer?: Answer;
  readonly error?: Error;
}

/** One of another host is not loaded before the server has read it, which refuses what is not public. */
function previewOf(
  source: File | string | undefined,
  prepared: PreparedFile | undefined,
  isAnswered: boolean,
): string | undefined {
  if (typeof source !== 'string') return prepared?.preview;
  if (source.startsWith('/') || source.startsWith('data:')) return source.replace(/^\//, '');
  return isAnswered ? source : undefined;
}
