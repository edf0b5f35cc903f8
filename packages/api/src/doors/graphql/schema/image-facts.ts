import { IMAGE_FORMATS } from '@clipql/core';
import type { ImageFacts as Facts } from '../../../inference/encoded.ts';
import { MAX_IMAGE_MEBIBYTES } from '../../../limits/images.ts';
import { builder } from './builder.ts';

const listed = (names: readonly string[]) =>
  new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(names);

/** What the argument that names an image takes. */
export const IMAGE_URL =
  `An http, https or data URL of a ${listed(IMAGE_FORMATS.map(({ title }) => title))} image of at ` +
  `most ${MAX_IMAGE_MEBIBYTES} MiB, or the path of an example that this server serves, such as \`/examples/march-pastoral.jpg\`. Hosts ` +
  'with a private address are refused unless the server was started with `--allow-hosts` for them.';

export const ImageFacts = builder.objectRef<Facts>('ImageFacts').implement({
  description: 'Format and size of an image file.',
  fields: (t) => ({
    format: t.exposeString('format', {
      description: `${listed(IMAGE_FORMATS.map(({ name }) => `\`${name}\``))}, by its first bytes.`,
    }),
    width: t.exposeInt('width', {
      description: 'Pixels in a row, once it is turned upright by its EXIF orientation.',
    }),
    height: t.exposeInt('height', {
      description: 'Rows, once it is turned upright by its EXIF orientation.',
    }),
    bytes: t.exposeInt('bytes', { description: "The file's size in bytes." }),
  }),
});
