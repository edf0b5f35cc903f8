import { ApiError } from '../../errors/api-error.ts';
import { quoted } from '../../errors/one-line.ts';
import { failureResponse } from '../requests/http-error.ts';
import type { Door } from '../requests/route.ts';
import { privateImage, privateImageAnswers } from './private-image.ts';

const ENDING = '.png';

/** `GET /pictures/{id}.png`: the newest image of a picture that is drawn, or 404. */
export const pictureImage: Door = {
  answer: async ({ request, rest: file, context: { pictures, owner, describe } }) => {
    try {
      if (!file.endsWith(ENDING)) {
        throw new ApiError('NOT_FOUND', `expected a picture’s ${ENDING}, got ${quoted(file)}`);
      }
      const image = await pictures.image(owner, file.slice(0, -ENDING.length));
      // The finished file replaces a preview of the same step.
      return privateImage(request, image, 'image/png', 'no-cache');
    } catch (error) {
      return failureResponse(describe(error), new URL(request.url).pathname);
    }
  },
  operation: {
    id: 'readPictureImage',
    summary: 'The newest image of a picture that is drawn from words',
    description:
      'A preview until the picture is done. GraphQL’s `imageUrl` is this path, and says by its query which step the image shows.',
    rest: 'the picture’s id and `.png`',
    answers: privateImageAnswers('The image', 'image/png'),
    errors: ['PICTURES_OFF', 'UNKNOWN_PICTURE', 'NOT_FOUND'],
    examples: [
      {
        name: 'unknown',
        summary: 'A picture that is not kept',
        rest: 'a-jellyfish.png',
        status: 404,
      },
    ],
  },
};
