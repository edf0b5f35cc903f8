import type { Timing as StageTiming } from '../../../answers/classify.ts';
import { builder } from './builder.ts';

export const Timing = builder.objectRef<StageTiming>('Timing').implement({
  description:
    'Milliseconds by stage. Images and texts of all requests are encoded in batches: those two are ' +
    'the time of the whole batch, and may overlap. What was known from an earlier request took 0.',
  fields: (t) => ({
    fetch: t.exposeFloat('fetch', { description: "Getting the image's bytes." }),
    decode: t.exposeFloat('decode', { description: 'Decoding the bytes to pixels.' }),
    preprocess: t.exposeFloat('preprocess', {
      description: "Resizing, cropping and normalising to the model's input.",
    }),
    imageEncoding: t.exposeFloat('imageEncoding', { description: 'The image tower.' }),
    textEncoding: t.exposeFloat('textEncoding', {
      nullable: true,
      description: 'The text tower; null where there was no text.',
    }),
    total: t.exposeFloat('total', { description: 'From the start of the field to its answer.' }),
  }),
});
