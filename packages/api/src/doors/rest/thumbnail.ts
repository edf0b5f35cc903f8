import { ApiError } from '../../errors/api-error.ts';
import { failureResponse } from '../requests/http-error.ts';
import type { Door } from '../requests/route.ts';
import { STORE_CODES } from './failure-codes.ts';
import { privateImage, privateImageAnswers } from './private-image.ts';

/** `GET /thumbnails/{collection}/{key}`: an item's thumbnail, or 404. */
export const thumbnail: Door = {
  answer: async ({ request, rest, context: { collections, owner, describe } }) => {
    const [name = '', ...key] = rest.split('/');
    const { pathname } = new URL(request.url);
    try {
      const collection = await collections.find(owner, name);
      const bytes = await collections.thumbnail(collection, key.join('/'));
      if (bytes === undefined) {
        throw new ApiError('NOT_FOUND', 'expected an item with a thumbnail, got none');
      }
      return privateImage(request, bytes, 'image/jpeg');
    } catch (error) {
      return failureResponse(describe(error), pathname);
    }
  },
  operation: {
    id: 'readThumbnail',
    summary: 'The thumbnail of a collection’s item',
    description:
      'At most 256 pixels wide and high. GraphQL’s `thumbnailUrl` is this path; jobs make thumbnails where `thumbnails` asks for them.',
    rest: 'the collection’s name, a slash, and the item’s key',
    answers: privateImageAnswers('The thumbnail', 'image/jpeg'),
    errors: ['UNKNOWN_COLLECTION', 'NOT_FOUND', ...STORE_CODES],
    examples: [
      {
        name: 'unknown',
        summary: 'An item of a collection that does not exist',
        rest: 'holidays/beach.jpg',
        status: 404,
      },
    ],
  },
};
