import { expect, onTestFinished, test } from 'vitest';
import { SEED_IMAGES } from '../../../core/src/image/testing/seed-images.ts';
import { dataUrl, startApi } from '../testing/api.ts';

const IMAGES_AT_ONCE = 64;

test.each(SEED_IMAGES)(
  '$name cut short after any byte is an image’s own error, or has its whole answer',
  async ({ bytes }) => {
    const api = await startApi({ inference: { decodeThreads: 2 } });
    onTestFinished(() => api.close());
    const classify = async (lengths: readonly number[]) => {
      const { data, errors } = await api.query(
        `query ($images: [ImageInput!]!) {
          classifyMany(images: $images, labels: ["sheep", "car"]) {
            ... on Classification { scores { label cosine } }
            ... on ImageError { index code retryable }
          }
        }`,
        { images: lengths.map((length) => ({ url: dataUrl(bytes.subarray(0, length)) })) },
      );
      expect(errors).toEqual([]);
      return data.classifyMany;
    };
    const [whole] = await classify([bytes.length]);
    expect(whole).toHaveProperty('scores');
    const lengths = [...bytes.keys()];
    for (let from = 0; from < lengths.length; from += IMAGES_AT_ONCE) {
      const some = lengths.slice(from, from + IMAGES_AT_ONCE);
      const answers = await classify(some);
      expect(answers).toHaveLength(some.length);
      for (const [index, answer] of answers.entries()) {
        const code = expect.stringMatching(/^IMAGE_(CORRUPT|UNSUPPORTED)$/);
        const expected = 'scores' in answer ? whole : { index, code, retryable: false };
        expect(answer, `cut to ${some[index]} of ${bytes.length} bytes`).toEqual(expected);
      }
    }
    expect(api.logged).toEqual([]);
  },
);
