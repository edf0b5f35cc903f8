import { ApiError } from '../../../errors/api-error.ts';
import { MAX_IMAGE_MEBIBYTES } from '../../../limits/images.ts';
import { builder } from './builder.ts';
import { IMAGE_URL } from './image-facts.ts';

builder.scalarType('Upload', {
  description: 'A file uploaded with the query, as in the GraphQL multipart request specification.',
  specifiedByURL: 'https://github.com/jaydenseric/graphql-multipart-request-spec',
  parseValue: (value) => {
    if (!isFile(value)) {
      throw new ApiError('BAD_INPUT', 'expected a file of a multipart request, got none');
    }
    return value;
  },
  serialize: () => {
    throw new TypeError('a file is only ever given');
  },
});

/** Not by its class: a test's, the listener's and Node's own are three. What came as JSON has no functions. */
const isFile = (value: unknown): value is File =>
  typeof value === 'object' &&
  value !== null &&
  'arrayBuffer' in value &&
  typeof value.arrayBuffer === 'function';

export const ImageInput = builder.inputType('ImageInput', {
  isOneOf: true,
  description: 'An image, by URL, in base64 or as an upload.',
  fields: (t) => ({
    url: t.string({ description: IMAGE_URL }),
    base64: t.string({
      description: `The file in base64, at most ${MAX_IMAGE_MEBIBYTES} MiB once decoded.`,
    }),
    upload: t.field({
      type: 'Upload',
      description: `A file of a multipart request, at most ${MAX_IMAGE_MEBIBYTES} MiB.`,
    }),
  }),
});
