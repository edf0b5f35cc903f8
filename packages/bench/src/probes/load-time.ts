import { loadClip } from '@clipql/core';
import { modelFromFolder } from '@clipql/core/node';
import { atMost } from '../kit/reports/claims.ts';
import type { Probe } from './probe.ts';

const MEGABYTE = 1e6;
/** What ViT-B/32 may take on two cores. */
const MOST_MILLISECONDS = 3000;
const MOST_GROWTH = 1.15;
/** What a model of less than 100 MB may take: Node itself is the larger part of the process. */
const SMALL_BYTES = 100 * MEGABYTE;
const MOST_SMALL_MILLISECONDS = 500;
const MOST_SMALL_RESIDENT_MB = 200;

/**
 * Loads a model from its folder, once: the time until it is ready, and what the process grows by,
 * against the packed weights and the working memory. One image is embedded before memory is looked
 * at, so that all of it has been touched.
 */
export const loadTimeProbe: Probe = async ({ model, precision, threads }) => {
  await settleMemory();
  const before = process.memoryUsage.rss();
  const start = performance.now();
  const clip = await loadClip(await modelFromFolder(model), { precision, threads });
  const milliseconds = performance.now() - start;
  const { imageSize: size } = clip.info;
  await clip.encodeImages([{ size, data: new Float32Array(3 * size * size) }]);
  await settleMemory();
  const after = process.memoryUsage.rss();
  const { memoryBytes } = clip;
  const highest = process.resourceUsage().maxRSS * 1024;
  clip.dispose();
  const growth = (after - before) / memoryBytes;
  return {
    rows: [
      {
        precision,
        threads,
        loadMs: Math.round(milliseconds),
        rssBeforeMB: megabytes(before),
        rssAfterMB: megabytes(after),
        rssHighestMB: megabytes(highest),
        packedMB: megabytes(memoryBytes),
        growthByPacked: Number(growth.toFixed(3)),
      },
    ],
    claims:
      memoryBytes < SMALL_BYTES
        ? [
            atMost('milliseconds until the model is ready', milliseconds, MOST_SMALL_MILLISECONDS),
            atMost('MB of the process', megabytes(after), MOST_SMALL_RESIDENT_MB),
          ]
        : [
            atMost('milliseconds until the model is ready', milliseconds, MOST_MILLISECONDS),
            atMost(
              'growth of the process by the packed weights and the arena',
              growth,
              MOST_GROWTH,
            ),
          ],
  };
};

/** Collects garbage, and waits until what hung on it has been given back to the system. */
async function settleMemory(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const megabytes = (bytes: number): number => Math.round(bytes / MEGABYTE);
