import { IMAGE_FORMATS } from '@clipql/core';
import { ApiError } from '../../errors/api-error.ts';
import { failureResponse } from '../requests/http-error.ts';
import type { Door } from '../requests/route.ts';
import { privateImage } from './private-image.ts';

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
};
