import { GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';
// Each adds its types and its queries to the builder.
import './classifiers/class-changes.ts';
import './classifiers/classifier-changes.ts';
import './classifiers/cross-validation.ts';
import './classifiers/example-changes.ts';
import './classify.ts';
import './collections/collection-changes.ts';
import './collections/item-changes.ts';
import './collections/duplicates.ts';
import './collections/job-changes.ts';
import './collections/search.ts';
import './collections/start-jobs.ts';
import './collections/upsert-items.ts';
import './embedding.ts';
import './evaluation/evaluate.ts';
import './image-embedding.ts';
import './label-set-changes.ts';
import './limits.ts';
import './machine.ts';
import './model.ts';
import './occlusion-map.ts';
import './pictures/picture-changes.ts';
import './pictures/start-picture.ts';
import './served-model.ts';
import './similarity.ts';
import './text-embedding.ts';

/** The whole API. */
export const schema = new GraphQLSchema({
  ...builder.toSchema().toConfig(),
  description:
    'Zero-shot image classification with CLIP: `{ classify(imageUrl: "…", labels: ["cat", "dog"]) { label } }`. A field that fails is null, with an error in `errors`; the other fields are still answered.',
});
