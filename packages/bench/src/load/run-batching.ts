import { loadClip, type Precision } from '@clipql/core';
import { benchModel } from '../kit/models/bench-model.ts';
import { modelOnDisk } from '../kit/models/model-on-disk.ts';
import { recipePixels } from '../kit/models/recipe.ts';
import { atLeast, atMost, type ProbeResult } from '../kit/reports/claims.ts';
import { percentile, round } from '../kit/timing/statistics.ts';
import { GraphqlClient } from './client.ts';
import { closedLoop } from './closed-loop.ts';
import { pictures } from './pictures.ts';
import { startServer } from './server.ts';

export interface BatchingOptions {
  readonly model: string;
  readonly precision: Precision;
  readonly threads: number;
  readonly clients: number;
  readonly seconds: number;
}

/** The batch that a server makes at most, and the core is measured at. */
const BATCH = 8;
const QUERY = `query ($imageUrl: String!) {
  embedImage(imageUrl: $imageUrl) { dimensions timing { decode preprocess imageEncoding } }
}`;

/**
 * Many clients at once against the core alone at the same batch, and one client alone against the
 * forward pass of its own image. Each request brings an image that the server has not seen.
 */
export async function runBatching(options: BatchingOptions): Promise<ProbeResult> {
  const coreRate = await coreAlone(options);
  const { folder, remove } = await modelOnDisk(options.model);
  const { precision, threads, clients, seconds } = options;
  const flags = ['--precision', precision, '--threads', String(threads)];
  const server = await startServer(folder, flags);
  const client = new GraphqlClient(server.url);
  const picture = await pictures(256, 256);
  let number = 0;
  const ask = () => {
    const imageUrl = `data:image/jpeg;base64,${picture(number++).toString('base64')}`;
    return client.ask(QUERY, { imageUrl });
  };
  try {
    await closedLoop(2, 1, ask);
    const alone = await closedLoop(1, seconds / 2, ask);
    const beyond = alone.outcomes.map(
      ({ data, milliseconds }) => milliseconds - data.embedImage.timing.imageEncoding,
    );
    const name = (part: string) => `clipql_batch_size_${part}{tower="image"}`;
    const [images, batches] = [
      await server.metric(name('sum')),
      await server.metric(name('count')),
    ];
    const crowd = await closedLoop(clients, seconds, ask);
    const meanBatch =
      ((await server.metric(name('sum'))) - images) /
      ((await server.metric(name('count'))) - batches);
    const beyondMs = percentile(beyond, 0.5);
    return {
      rows: [
        {
          clients,
          meanBatch: round(meanBatch),
          imagesASecond: round(crowd.throughput),
          coreAlone: round(coreRate),
          aloneMs: round(
            percentile(
              alone.outcomes.map(({ milliseconds }) => milliseconds),
              0.5,
            ),
          ),
          aloneBeyondForwardMs: round(beyondMs),
          errors: crowd.outcomes.filter(({ code }) => code !== undefined).length,
        },
      ],
      claims: [
        atLeast(`images of a batch, with ${clients} clients`, meanBatch, 4),
        atLeast(
          `images a second by the core alone at batch ${BATCH}`,
          crowd.throughput / coreRate,
          0.85,
        ),
        atMost('milliseconds of a lone client beyond its forward pass, median', beyondMs, 5),
      ],
    };
  } finally {
    client.close();
    await server.close();
    await remove();
  }
}

/** Images a second of forward passes alone. */
async function coreAlone(options: BatchingOptions): Promise<number> {
  const { model, precision, threads, seconds } = options;
  const { files } = await benchModel(model);
  const clip = await loadClip(files, { precision, threads });
  const { imageSize: size } = clip.info;
  const images = recipePixels(BATCH, size, 0).map((data) => ({ size, data }));
  await clip.encodeImages(images);
  const start = performance.now();
  let passes = 0;
  for (; performance.now() - start < 500 * seconds; passes++) await clip.encodeImages(images);
  const elapsed = (performance.now() - start) / 1000;
  clip.dispose();
  return (BATCH * passes) / elapsed;
}
