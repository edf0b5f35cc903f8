import { changeOperation } from '../server/change.ts';
import { EnumName, type Operation, type Value } from '../server/operation.ts';
import type { Prompt, Quality, Wish } from './wish.ts';

/** A picture of the server, as far as it is drawn. */
export interface Picture {
  readonly id: string;
  /** In ISO 8601. */
  readonly createdAt: string;
  readonly state: 'QUEUED' | 'RUNNING' | 'PAUSED' | 'DONE' | 'FAILED' | 'CANCELLED';
  readonly prompts: readonly Prompt[];
  /** Their weights are above 0 too. */
  readonly negativePrompts: readonly Prompt[];
  readonly quality: Quality;
  readonly size: number;
  readonly seed: number;
  readonly models: readonly string[];
  readonly steps: number;
  readonly stepsDone: number;
  readonly loss: number | null;
  readonly score: number | null;
  readonly secondsLeft: number | null;
  /** Another after each look; null before the first. */
  readonly imageUrl: string | null;
  readonly error: { readonly message: string } | null;
}

const PICTURE =
  'id createdAt state prompts { text weight } negativePrompts { text weight } quality size seed models ' +
  'steps stepsDone loss score secondsLeft imageUrl error { message }';

/** Whether it is drawn, or will be without being asked again. */
export const isUnderWay = ({ state }: Picture): boolean =>
  state === 'QUEUED' || state === 'RUNNING';

/** Whether nothing more comes of it. One that failed can be resumed. */
export const isFinal = ({ state }: Picture): boolean => state === 'DONE' || state === 'CANCELLED';

/** A page of pictures, the newest first. */
export const listOperation = (first: number, before?: string): Operation => ({
  kind: 'query',
  name: 'Pictures',
  field: 'pictures',
  args: [
    { name: 'first', type: 'Int', value: first },
    ...(before === undefined ? [] : [{ name: 'before', type: 'ID', value: before }]),
  ],
  selection: PICTURE,
});

export const findOperation = (id: string): Operation => ({
  kind: 'query',
  name: 'Picture',
  field: 'picture',
  args: [{ name: 'id', type: 'ID!', value: id }],
  selection: PICTURE,
});

export const followOperation = (id: string): Operation => ({
  ...findOperation(id),
  kind: 'subscription',
  name: 'FollowPicture',
});

/** @param start the picture to begin with, as `ImageInput`; undefined for none. */
export const startOperation = (wish: Wish, start: Value | undefined): Operation =>
  changeOperation(
    'startPicture',
    'StartPictureInput',
    startInput(wish, start),
    `picture { ${PICTURE} }`,
  );

/** The same, shorter, for people who read it. */
export const copiedStart = (wish: Wish, start: Value | undefined): Operation =>
  changeOperation(
    'startPicture',
    'StartPictureInput',
    startInput(wish, start),
    'picture { id state imageUrl }',
  );

function startInput(wish: Wish, start: Value | undefined): Value {
  const { prompts, quality, size, seed, models, keep } = wish;
  const away = prompts.filter(({ weight }) => weight < 0);
  return {
    prompts: prompts.filter(({ weight }) => weight > 0).map(promptInput),
    ...(away.length > 0 && {
      negativePrompts: away.map(({ text, weight }) => ({ text, weight: -weight })),
    }),
    quality: new EnumName(quality),
    size,
    seed,
    ...(models.length > 0 && { models }),
    ...(start !== undefined && { startImage: start, keep }),
  };
}

/** Without the weight that the server takes anyway: a text that ends in a style then counts as two. */
function promptInput({ text, weight }: Prompt): Value {
  return weight === 1 ? { text } : { text, weight };
}

export type PictureChange = 'pausePicture' | 'resumePicture' | 'cancelPicture' | 'deletePicture';

export const changePicture = (id: string, change: PictureChange): Operation =>
  changeOperation(change, 'PictureChangeInput', { id }, `picture { ${PICTURE} }`);

/** What it shows, in a line: `a jellyfish, water, not fog`. */
export const promptsText = (
  { prompts, negativePrompts }: Pick<Picture, 'prompts' | 'negativePrompts'>,
  away: (text: string) => string,
): string =>
  [...prompts.map(({ text }) => text), ...negativePrompts.map(({ text }) => away(text))].join(', ');

/**
 * What to wish for to have the same once more. The server does not say what picture it began with, if any.
 *
 * @param served names of the models that are served: where its own are not all among them, the first one draws.
 */
export const wishOf = (picture: Picture, served: readonly string[]): Partial<Wish> => ({
  prompts: [
    ...picture.prompts,
    ...picture.negativePrompts.map(({ text, weight }) => ({ text, weight: -weight })),
  ],
  quality: picture.quality,
  size: picture.size,
  seed: picture.seed,
  models: picture.models.every((name) => served.includes(name)) ? picture.models : [],
  from: '',
});
