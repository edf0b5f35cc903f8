import { ApiError } from '../../errors/api-error.ts';
import { failureResponse } from '../requests/http-error.ts';
import type { Door } from '../requests/route.ts';

/** How long a browser may show a thumbnail without asking again, in seconds. */
const MAX_AGE = 60;

/** `GET /thumbnails/{collection}/{key}`: an item's thumbnail, or 404. */
export const thumbnail: Door = {
  answer: async ({ request, rest, context: { collections, owner, describe } }) => {
    const slash = rest.indexOf('/');
    const name = rest.slice(0, Math.max(0, slash));
    const { pathname } = new URL(request.url);
    try {
      const collection = await collections.find(owner, name);
      const bytes = await collections.thumbnail(collection, rest.slice(slash + 1));
      if (bytes === undefined) {
        throw new ApiError('NOT_FOUND', `expected an item with a thumbnail, got none`);
      }
      return new Response(new Uint8Array(bytes), {
        headers: {
          'content-type': 'image/jpeg',
          'cache-control': `private, max-age=${MAX_AGE}`,
          'x-content-type-options': 'nosniff',
        },
      });
    } catch (error) {
      return failureResponse(describe(error), pathname);
    }
  },
};
