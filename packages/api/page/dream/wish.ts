/** Words to draw, or to keep away from. */
export interface Prompt {
  readonly text: string;
  /** −10 to 10, of which a slider has −1 to 1; below 0 the picture keeps away from it. */
  readonly weight: number;
}

export const QUALITIES = ['DRAFT', 'STANDARD', 'FINE'] as const;

export type Quality = (typeof QUALITIES)[number];

/** Pixels a side that the page offers; the server takes any between the first and the last. */
export const SIZES: readonly number[] = [64, 128, 192, 256, 320, 384, 448, 512];

/** What is to be drawn, as the address has it. */
export interface Wish {
  readonly prompts: readonly Prompt[];
  readonly quality: Quality;
  /** Pixels a side. */
  readonly size: number;
  readonly seed: number;
  /** Of the served models, those that take turns; none for the first. */
  readonly models: readonly string[];
  /** The address of a picture to begin with; empty for none. */
  readonly from: string;
  /** How firmly that is kept, 0 to 1. */
  readonly keep: number;
  /** The picture that is open; empty for the newest. */
  readonly picture: string;
}

/** As the server has it. */
const STANDARD = { quality: 'STANDARD', size: 256, keep: 0.5 } as const;

/** The largest that the server takes. */
const MAX_SEED = 2 ** 31 - 1;
const MAX_WEIGHT = 10;

/** One that is easily said to somebody else. @param last which it is not. */
export function anotherSeed(last = 0): number {
  const seed = Math.floor(Math.random() * 9_999);
  return seed < last ? seed : seed + 1;
}

export function readWish(parameters: URLSearchParams): Wish {
  const seed = Number(parameters.get('seed') ?? Number.NaN);
  const size = Number(parameters.get('size'));
  const keep = Number(parameters.get('keep') ?? Number.NaN);
  return {
    prompts: parameters.getAll('prompt').flatMap((text) => readPrompt(text) ?? []),
    quality: QUALITIES.find((one) => one === parameters.get('quality')) ?? STANDARD.quality,
    size: isSize(size) ? size : STANDARD.size,
    seed: isSeed(seed) ? seed : anotherSeed(),
    models: [...new Set(parameters.getAll('model'))],
    from: parameters.get('from') ?? '',
    keep: keep >= 0 && keep <= 1 ? keep : STANDARD.keep,
    picture: parameters.get('picture') ?? '',
  };
}

export const isSeed = (seed: number): boolean =>
  Number.isInteger(seed) && seed >= 0 && seed <= MAX_SEED;

const isSize = (size: number): boolean =>
  Number.isInteger(size) && size >= SIZES[0]! && size <= SIZES.at(-1)!;

export function writeWish(wish: Wish): URLSearchParams {
  const { prompts, quality, size, seed, models, from, keep, picture } = wish;
  const parameters = new URLSearchParams();
  for (const { text, weight } of prompts) parameters.append('prompt', `${weight}:${text}`);
  if (quality !== STANDARD.quality) parameters.set('quality', quality);
  if (size !== STANDARD.size) parameters.set('size', String(size));
  parameters.set('seed', String(seed));
  for (const model of models) parameters.append('model', model);
  if (from !== '' && !from.startsWith('data:')) parameters.set('from', from);
  if (keep !== STANDARD.keep) parameters.set('keep', String(keep));
  if (picture !== '') parameters.set('picture', picture);
  return parameters;
}

/** `0.5:a boat` @returns undefined for anything else. */
function readPrompt(text: string): Prompt | undefined {
  const [, number = '', words = ''] = /^([-.\de]+):(.+)$/s.exec(text) ?? [];
  const weight = Number(number);
  if (words.trim() === '' || !(Math.abs(weight) <= MAX_WEIGHT)) return undefined;
  return { text: words, weight };
}

/** With one more prompt; one that is there already has the new weight. */
export function withPrompt(prompts: readonly Prompt[], prompt: Prompt): readonly Prompt[] {
  const i = prompts.findIndex(({ text }) => text === prompt.text);
  return i < 0 ? [...prompts, prompt] : prompts.with(i, prompt);
}

/** Whether there is anything to draw. */
export const isDrawable = ({ prompts }: Wish): boolean => prompts.some(({ weight }) => weight > 0);
