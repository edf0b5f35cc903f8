import { EXAMPLES_PATH } from '../../images/example-images.ts';
import { FIRST_EXAMPLE } from '../../images/examples.ts';
import type { OperationExample } from '../requests/operation.ts';

const IMAGE = `${EXAMPLES_PATH}${FIRST_EXAMPLE.file}`;

export const embeddingsExamples: readonly OperationExample[] = [
  { name: 'text', summary: 'A text', body: { input: 'a photo of a dog' } },
  {
    name: 'textAndImage',
    summary: 'A text and an image',
    body: { input: ['a photo of a dog', { image: IMAGE }], encoding_format: 'base64' },
  },
  {
    name: 'chatParts',
    summary: 'An image as a chat message has it',
    body: { input: [{ type: 'image_url', image_url: { url: IMAGE } }] },
  },
  {
    name: 'modality',
    summary: 'Texts that are images, as infinity has it',
    body: { input: [IMAGE], modality: 'image' },
  },
  {
    name: 'unknownField',
    summary: 'An unknown field',
    body: { input: 'a photo of a dog', truncate: true },
    status: 400,
  },
  {
    name: 'unknownModel',
    summary: 'A model that is not served',
    body: { input: 'a photo of a dog', model: 'text-embedding-3-small' },
    status: 404,
  },
  {
    name: 'noImage',
    summary: 'Bytes that are not an image',
    body: { input: ['a photo of a dog', { image: 'AAAA' }] },
    status: 422,
  },
];
