import { availableParallelism } from 'node:os';
import type { Precision } from '@clipql/core';
import { modelOnDisk } from '../kit/models/model-on-disk.ts';
import { atMost, type ProbeResult } from '../kit/reports/claims.ts';
import { round } from '../kit/timing/statistics.ts';
import { GraphqlClient } from './client.ts';
import { pictures } from './pictures.ts';
import { startServer } from './server.ts';

export interface StartOptions {
  readonly model: string;
  readonly precision: Precision;
  /** Images that it is asked about, one after another. */
  readonly images: number;
}

const MEGABYTE = 1e6;
/** What the server may take with lite. */
const MOST_RESIDENT_MB = 200;
const SETTLE_MS = 1000;
const QUERY = `query ($imageUrl: String!) {
  classify(imageUrl: $imageUrl, labels: ["dog", "mountain", "car"]) { label }
}`;

/**
 * How long the built server takes from its start until it listens, and its resident memory: when it is
 * ready, once its threads run, and after more images.
 */
export async function runStart({ model, precision, images }: StartOptions): Promise<ProbeResult> {
  const { folder, remove } = await modelOnDisk(model);
  const picture = await pictures(640, 480);
  const start = performance.now();
  const server = await startServer(folder, ['--precision', precision]);
  const milliseconds = performance.now() - start;
  const client = new GraphqlClient(server.url);
  const settled = async () => {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    return round((await server.vitals()).memory.rss / MEGABYTE);
  };
  const ask = (number: number) => {
    const imageUrl = `data:image/jpeg;base64,${picture(number).toString('base64')}`;
    return client.ask(QUERY, { imageUrl });
  };
  try {
    const readyMB = await settled();
    await ask(0);
    const oneImageMB = await settled();
    for (let number = 1; number < images; number++) await ask(number);
    const imagesMB = await settled();
    return {
      rows: [
        {
          precision,
          threads: availableParallelism(),
          listensAfterMs: Math.round(milliseconds),
          readyMB,
          oneImageMB,
          images,
          imagesMB,
        },
      ],
      claims: [
        atMost('MB of the process when it is ready', readyMB, MOST_RESIDENT_MB),
        atMost('MB of the process after an image', oneImageMB, MOST_RESIDENT_MB),
      ],
    };
  } finally {
    client.close();
    await server.close();
    await remove();
  }
}
