import { useCallback, useEffect, useReducer, useRef } from 'preact/hooks';
import { asSentence } from '../parts/as-sentence.ts';
import { type FileLimits, type PreparedFile, prepareFile } from '../parts/prepare-file.ts';
import { useLeft } from '../parts/use-left.ts';
import type { Operation, Value } from '../server/operation.ts';
import { addOperation, type Changed } from './classifier.ts';

/** A picture on its way into a class. */
export interface Addition {
  readonly id: number;
  readonly label: string;
  readonly name: string;
  readonly source: File | string;
  /** Undefined for an address, and until a file has been looked at. */
  readonly prepared?: PreparedFile | undefined;
  /** Why the server refused it; undefined while it waits. */
  readonly error?: string | undefined;
}

export type AdditionChange =
  | { readonly add: readonly Addition[] }
  | { readonly id: number; readonly set: Partial<Addition> }
  | { readonly remove: readonly number[] }
  | { readonly relabel: string; readonly to: string };

export function changedAdditions(
  additions: readonly Addition[],
  change: AdditionChange,
): readonly Addition[] {
  if ('add' in change) return [...additions, ...change.add];
  if ('remove' in change) return additions.filter(({ id }) => !change.remove.includes(id));
  if ('relabel' in change) {
    const { relabel, to } = change;
    return additions.map((one) => (one.label === relabel ? { ...one, label: to } : one));
  }
  return additions.map((one) => (one.id === change.id ? { ...one, ...change.set } : one));
}

/** Pictures in one request, and the bytes of their files: each request trains the classifier once. */
const BATCH = 8;
const BATCH_BYTES = 12 * 2 ** 20;

/** Those to be sent next: the first that waits, and what comes after it of the same class. */
export function nextBatch(additions: readonly Addition[]): readonly Addition[] {
  const waiting = additions.filter(({ error }) => error === undefined);
  const batch: Addition[] = [];
  let bytes = 0;
  for (const one of waiting.filter(({ label }) => label === waiting[0]!.label)) {
    bytes += one.source instanceof File ? one.source.size : 0;
    if (batch.length === BATCH || (batch.length > 0 && bytes > BATCH_BYTES)) break;
    batch.push(one);
  }
  return batch;
}

/** The classifier keeps its pictures, 256 MiB of them: larger ones are scaled down. */
const KEPT: FileLimits = { imageBytes: 2 ** 20, imageMegapixels: 2 };

let lastId = 0;

/** Pictures on their way into classes, a few at a time. @param change sends a change. */
export function useAdditions(
  classifier: string,
  limits: FileLimits | undefined,
  change: (operation: Operation) => Promise<Changed>,
  onWarnings: (warnings: readonly string[]) => void,
) {
  const [additions, dispatch] = useReducer(changedAdditions, []);
  const isSending = useRef(false);
  const batch = nextBatch(additions);
  const left = useLeft();
  const latest = useRef(additions);
  latest.current = additions;
  useEffect(
    () => () => {
      for (const one of latest.current) forget(one);
    },
    [],
  );

  useEffect(() => {
    if (batch.length === 0 || limits === undefined || isSending.current) return;
    isSending.current = true;
    const previews = new Map<number, string>();
    const send = async () => {
      const images: Value[] = [];
      for (const one of batch) {
        const { image, preview } = await prepared(one, smaller(limits, KEPT), dispatch);
        images.push(image);
        if (preview !== undefined) previews.set(one.id, preview);
      }
      const { label } = batch[0]!;
      const { failures = [], warnings = [] } = await change(
        addOperation(classifier, label, images),
      );
      onWarnings(warnings);
      const refused = new Map(
        failures.map(({ index, message }) => [batch[index]!.id, asSentence(message)]),
      );
      for (const [id, error] of refused) dispatch({ id, set: { error } });
      return batch.filter(({ id }) => !refused.has(id));
    };
    void send()
      .catch(({ message }: Error) => {
        for (const { id } of batch) dispatch({ id, set: { error: message } });
        return [];
      })
      .then((done) => {
        isSending.current = false;
        for (const { id } of left.current ? batch : done)
          URL.revokeObjectURL(previews.get(id) ?? '');
        dispatch({ remove: done.map(({ id }) => id) });
      });
  }, [batch, limits, classifier, change, onWarnings, left]);

  return {
    additions,
    add: useCallback(
      (label: string, sources: readonly (File | string)[]) =>
        dispatch({ add: sources.map((source) => additionOf(label, source)) }),
      [],
    ),
    retry: useCallback((id: number) => dispatch({ id, set: { error: undefined } }), []),
    remove: useCallback((one: Addition) => {
      forget(one);
      dispatch({ remove: [one.id] });
    }, []),
    relabel: useCallback((from: string, to: string) => dispatch({ relabel: from, to }), []),
  };
}

/** Frees the picture that is shown of it. */
function forget({ prepared }: Addition): void {
  if (prepared?.preview !== undefined) URL.revokeObjectURL(prepared.preview);
}

const additionOf = (label: string, source: File | string): Addition => ({
  id: ++lastId,
  label,
  source,
  name: source instanceof File ? source.name : source.slice(0, 500),
});

/** A picture as GraphQL’s `ImageInput`. */
async function prepared(
  { id, source, prepared: known }: Addition,
  limits: FileLimits,
  dispatch: (change: AdditionChange) => void,
): Promise<{ readonly image: Value; readonly preview?: string | undefined }> {
  if (typeof source === 'string') return { image: { url: source } };
  const ready = known ?? (await prepareFile(source, limits));
  if (known === undefined) dispatch({ id, set: { prepared: ready } });
  return { image: { upload: ready.file }, preview: ready.preview };
}

const smaller = (a: FileLimits, b: FileLimits): FileLimits => ({
  imageBytes: Math.min(a.imageBytes, b.imageBytes),
  imageMegapixels: Math.min(a.imageMegapixels, b.imageMegapixels),
});
