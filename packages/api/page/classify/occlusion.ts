import { useEffect, useState } from 'preact/hooks';
import { askPatiently } from '../server/ask.ts';
import type { Operation } from '../server/operation.ts';
import { imageInput, ownImageInput, type Picture } from './picture.ts';
import { type Question, questionArguments, questionKey } from './question.ts';

/** Images that a map takes: the picture, and the picture without each part of a 7 × 7 grid. */
export const LOOK_IMAGES = 50;

/** Where the server found a label in a picture. */
export interface OcclusionMap {
  readonly label: string;
  readonly rows: number;
  readonly columns: number;
  /** Row by row from the top left; above 0 a part speaks for the label. */
  readonly evidence: readonly number[];
  /** Of the picture, in shares of its sides. */
  readonly region: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
}

/** A map, or why there is none, of the picture and question that are on the screen. */
export interface Look {
  readonly map?: OcclusionMap | undefined;
  readonly error?: Error | undefined;
}

const occlusionOperation = (
  image: Operation['args'][number]['value'],
  question: Question,
  label: string,
): Operation => ({
  kind: 'query',
  name: 'Look',
  field: 'occlusionMap',
  args: [
    { name: 'image', type: 'ImageInput!', value: image },
    { name: 'label', type: 'String!', value: label },
    ...questionArguments({ ...question, rejectBelow: 0 }),
  ],
  selection: 'label rows columns evidence region { left top width height }',
});

/** The same with the file that the user has. */
export const copiedLook = (picture: Picture, question: Question, label: string): Operation =>
  occlusionOperation(ownImageInput(picture), question, label);

/**
 * Asks where a label is in a picture.
 *
 * @param label nothing is asked while it is undefined.
 * @returns undefined while there is no answer to this yet.
 */
export function useLook(
  picture: Picture | undefined,
  question: Question,
  label: string | undefined,
): Look | undefined {
  const image = picture && imageInput(picture);
  const key = JSON.stringify([picture?.id, image !== undefined, questionKey(question), label]);
  const [last, setLast] = useState<Look & { readonly key: string }>();
  useEffect(() => {
    if (image === undefined || label === undefined) return;
    const control = new AbortController();
    const operation = occlusionOperation(image, question, label);
    askPatiently<OcclusionMap>(operation, control.signal).then(
      (map) => setLast({ key, map }),
      (error: Error) => control.signal.aborted || setLast({ key, error }),
    );
    return () => control.abort();
  }, [key]);
  return last?.key === key ? last : undefined;
}

/** Names of the thirds of a picture, row by row from the top left. */
export type PlaceNames = readonly [PlaceRow, PlaceRow, PlaceRow];
type PlaceRow = readonly [string, string, string];

/** Where in the picture the centre of the strongest part is, in words; undefined where none speaks for the label. */
export function strongestPlace(
  { evidence, rows, columns, region }: Omit<OcclusionMap, 'label'>,
  names: PlaceNames,
): string | undefined {
  const most = Math.max(...evidence);
  if (most <= 0) return undefined;
  const at = evidence.indexOf(most);
  const { left, top, width, height } = region;
  const x = left + (width * ((at % columns) + 0.5)) / columns;
  const y = top + (height * (Math.floor(at / columns) + 0.5)) / rows;
  const third = (share: number) => Math.min(2, Math.floor(3 * share)) as 0 | 1 | 2;
  return names[third(y)][third(x)];
}
