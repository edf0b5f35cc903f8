import { type EmbeddingFormat, embeddingValues, USUAL_WIDTH } from '../../../limits/answers.ts';
import type { Price, PriceScope } from '../prices/price.ts';

/** Of a field that holds an embedding, by whichever model is loaded. */
export const priceOfEmbedding =
  (format: EmbeddingFormat) =>
  (_args: unknown, { models }: PriceScope): Price => ({
    values: embeddingValues(widest(models), format),
  });

const widest = (models: PriceScope['models']): number =>
  models
    .list()
    .reduce(
      (most, { loaded }) => Math.max(most, loaded?.clip.info.embeddingWidth ?? 0),
      USUAL_WIDTH,
    );
