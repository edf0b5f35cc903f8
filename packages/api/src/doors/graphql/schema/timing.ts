import type { Timing as StageTiming } from '../../../answers/classify.ts';
import { builder } from './builder.ts';

export const Timing = builder.objectRef<StageTiming>('Timing').implement({
  description:
    'Milliseconds per stage. Encoding runs in batches across requests: these two times are those of the whole batch, and may overlap. A cached stage takes 0.',
  fields: (t) => ({
    fetch: t.exposeFloat('fetch', { description: 'Fetching the image.' }),
    decode: t.exposeFloat('decode', { description: 'Decoding the file to pixels.' }),
    preprocess: t.exposeFloat('preprocess', {
      description: 'Resizing, cropping and normalising.',
    }),
    imageEncoding: t.exposeFloat('imageEncoding', { description: 'Running the image tower.' }),
    textEncoding: t.exposeFloat('textEncoding', {
      nullable: true,
      description: 'Running the text tower; null if there was no text.',
    }),
    total: t.exposeFloat('total', { description: 'From the start of the field to its result.' }),
  }),
});
