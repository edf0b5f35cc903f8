import { beforeAll, describe, expect, test } from 'vitest';
import { seededNormal } from '../testing/seeded.ts';
import { dot, normalized } from '../vectors.ts';
import { type Background, backgroundLevels } from './background.ts';
import { type CollectionSpread, collectionSpread } from './collection-spread.ts';
import { mixTerms, type QueryTerm, scoreItem, termShares } from './mix-terms.ts';

/** E */
const WIDTH = 24;
const THINGS = 12;
const PLACES = 4;

/** A direction for each thing, each place, and for what all images and what all texts have in common. */
const axis = (i: number) => Float32Array.from({ length: WIDTH }, (_, j) => (i === j ? 1 : 0));
const IMAGES = axis(THINGS + PLACES);
const TEXTS = axis(THINGS + PLACES + 1);

/** Images and texts apart from each other, as CLIP has them: what they say is a smaller part of a text. */
const add = (...parts: readonly (readonly [number, Float32Array])[]) =>
  normalized(
    Float32Array.from({ length: WIDTH }, (_, i) =>
      parts.reduce((sum, [share, part]) => sum + share * part[i]!, 0),
    ),
  );

describe('mixTerms', () => {
  const items: { thing: number; place: number; image: Float32Array }[] = [];
  const text = (concept: number) => add([1, TEXTS], [0.35, axis(concept)]);
  const background: Background = {
    prompts: Array.from({ length: THINGS + PLACES }, (_, i) => text(i)),
    logitScale: 50,
  };
  let spread: CollectionSpread;
  let levels: Float32Array;
  beforeAll(() => {
    for (let thing = 0; thing < THINGS; thing++) {
      for (let i = 0; i < 4 * PLACES; i++) {
        const noise = seededNormal(WIDTH, 100 * thing + i);
        const place = i % PLACES;
        const image = add(
          [1, IMAGES],
          [0.6, axis(thing)],
          [0.6, axis(THINGS + place)],
          [0.05, noise],
        );
        items.push({ thing, place, image });
      }
    }
    const images = items.map(({ image }) => image);
    spread = collectionSpread(images, background);
    levels = backgroundLevels(background, images);
  });

  const ranked = (terms: readonly QueryTerm[]) => {
    const query = mixTerms(terms, spread);
    return items
      .map((item, i) => ({ ...item, score: scoreItem(query, item.image, levels[i]!) }))
      .sort((a, b) => b.score - a.score);
  };

  test('half a word and half a photograph find what both say, though a plain sum finds what the photograph says', () => {
    const [thing, place] = [3, 2];
    // A photograph of another thing, in the place.
    const photograph = items.find((item) => item.thing === 9 && item.place === place)!.image;
    const terms: QueryTerm[] = [
      { weight: 0.5, kind: 'text', embedding: text(thing) },
      { weight: 0.5, kind: 'image', embedding: photograph },
    ];
    const first = ranked(terms).slice(0, 4);
    expect(first.map((item) => [item.thing, item.place])).toEqual(Array(4).fill([thing, place]));
    const sum = text(thing).map((value, i) => value + photograph[i]!);
    const plain = [...items].sort((a, b) => dot(sum, b.image) - dot(sum, a.image)).slice(0, 4);
    expect(plain.filter((item) => item.thing === thing).length).toBeLessThan(2);
  });

  test('a term with a negative weight is what the first hits do not show', () => {
    const hits = ranked([
      { weight: 1, kind: 'text', embedding: text(5) },
      { weight: -1, kind: 'text', embedding: text(THINGS + 1) },
    ]);
    const ofThing = hits.filter(({ thing }) => thing === 5);
    expect(hits.slice(0, 12).every(({ thing, place }) => thing === 5 && place !== 1)).toBe(true);
    expect(ofThing.slice(-4).every(({ place }) => place === 1)).toBe(true);
  });

  test('shares say which term a hit is for: their absolute values add up to 1', () => {
    const terms: QueryTerm[] = [
      { weight: 1, kind: 'text', embedding: text(5) },
      { weight: -1, kind: 'text', embedding: text(THINGS + 1) },
    ];
    const query = mixTerms(terms, spread);
    const at = items.findIndex(({ thing, place }) => thing === 5 && place === 1);
    const [wanted, unwanted] = termShares(query, items[at]!.image, levels[at]!);
    expect(wanted).toBeGreaterThan(0.3);
    expect(unwanted).toBeLessThan(-0.3);
    expect(Math.abs(wanted!) + Math.abs(unwanted!)).toBeCloseTo(1, 6);
  });

  test('only what weights are to each other counts, and a weight of 0 counts for nothing', () => {
    const one: QueryTerm = { weight: 1, kind: 'text', embedding: text(2) };
    const other: QueryTerm = { weight: 0.5, kind: 'image', embedding: items[0]!.image };
    const scaled = [one, other].map((term) => ({ ...term, weight: 1e200 * term.weight }));
    expect(mixTerms(scaled, spread).vector).toEqual(mixTerms([one, other], spread).vector);
    const zero = { ...other, weight: 0 };
    expect(mixTerms([{ ...one, weight: 7 }, zero], spread)).toMatchObject({
      isText: true,
      levelWeight: 0.6,
    });
  });

  test.each<[string, () => QueryTerm[]]>([
    ['no terms', () => []],
    ['weights of 0 alone', () => [{ weight: 0, kind: 'text', embedding: text(1) }]],
    [
      'a term less itself',
      () =>
        [1, -1].map((weight) => ({ weight, kind: 'image' as const, embedding: items[0]!.image })),
    ],
    ['NaN', () => [{ weight: 1, kind: 'text', embedding: text(1).fill(Number.NaN, 3, 4) }]],
    [
      'an embedding of another length',
      () => [{ weight: 1, kind: 'image', embedding: new Float32Array(3).fill(1) }],
    ],
    [
      'an infinite weight',
      () => [{ weight: Number.POSITIVE_INFINITY, kind: 'text', embedding: text(1) }],
    ],
  ])('refuses %s', (_, terms) => {
    expect(() => mixTerms(terms(), spread)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });

  test('a collection of no items, or of one, can be searched', () => {
    for (const images of [[], [items[0]!.image]]) {
      const small = collectionSpread(images, background);
      const query = mixTerms([{ weight: 1, kind: 'image', embedding: items[4]!.image }], small);
      expect(Number.isFinite(scoreItem(query, items[4]!.image, 0))).toBe(true);
    }
  });
});
