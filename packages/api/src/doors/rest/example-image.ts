import { IMAGE_FORMATS } from '@clipql/core';
import { ApiError } from '../../errors/api-error.ts';
import { failureResponse } from '../requests/http-error.ts';
import type { Door } from '../requests/route.ts';
import { STORE_CODES } from './failure-codes.ts';
import { privateImage, privateImageAnswers } from './private-image.ts';

/** `GET /classifiers/{name}/{contentHash}`: the file of a classifier's example, or 404. */
export const exampleImage: Door = {
  answer: async ({ request, rest, context: { classifiers, describe } }) => {
    const [name = '', contentHash = ''] = rest.split('/');
    try {
      const classifier = await classifiers.find(name);
      const examples = await classifiers.examples(classifier);
      const example = examples.find((one) => one.contentHash === contentHash);
      const format = IMAGE_FORMATS.find((one) => one.name === example?.format);
      const image = await classifiers.image(classifier, contentHash);
      if (image === undefined || format === undefined) {
        throw new ApiError('NOT_FOUND', 'expected an example whose image is kept, got none');
      }
      return privateImage(request, image, format.mediaTypes[0]);
    } catch (error) {
      return failureResponse(describe(error), new URL(request.url).pathname);
    }
  },
  operation: {
    id: 'readExampleImage',
    summary: 'A picture that a classifier learned from',
    description:
      'The file as it was sent, of classifiers with `keepImages: true`. GraphQL’s `imageUrl` of an example is this path.',
    rest: 'the classifier’s name, a slash, and the example’s `contentHash`',
    answers: privateImageAnswers('The image', 'image/*'),
    errors: ['UNKNOWN_CLASSIFIER', 'NOT_FOUND', ...STORE_CODES],
    examples: [
      {
        name: 'unknown',
        summary: 'An example of a classifier that does not exist',
        rest: `mushrooms/${'0'.repeat(64)}`,
        status: 404,
      },
    ],
  },
};
