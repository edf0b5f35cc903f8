import { IMAGE_FORMATS } from '@clipql/core';
import type { ImageFacts as Facts } from '../../../inference/encoded.ts';
import { MAX_IMAGE_MEBIBYTES } from '../../../limits/images.ts';
import { builder } from './builder.ts';

const listed = (names: readonly string[]) =>
  new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(names);

/** What the argument that names an image takes. */
export const IMAGE_URL =
  `An http, https or data URL of a ${listed(IMAGE_FORMATS.map(({ title }) => title))} image of at ` +
  `most ${MAX_IMAGE_MEBIBYTES} MiB, or the path of a sample photo on this server, such as \`/examples/march-pastoral.jpg\`. Hosts ` +
  'with private addresses are refused, unless the server was started with `--allow-hosts` for them.';

export const ImageFacts = builder.objectRef<Facts>('ImageFacts').implement({
  description: 'Format and size of an image file.',
  fields: (t) => ({
    format: t.exposeString('format', {
      description: `${listed(IMAGE_FORMATS.map(({ name }) => `\`${name}\``))}, by its first bytes.`,
    }),
    width: t.exposeInt('width', {
      description: 'Width in pixels, after EXIF orientation.',
    }),
    height: t.exposeInt('height', {
      description: 'Height in pixels, after EXIF orientation.',
    }),
    bytes: t.exposeInt('bytes', { description: 'File size in bytes.' }),
  }),
});
