import { loadClip } from '@clipql/core';
import { benchModel } from '../kit/models/bench-model.ts';
import { recipePixels } from '../kit/models/recipe.ts';
import { atMost } from '../kit/reports/claims.ts';
import type { Probe } from './probe.ts';

const MEGABYTE = 1e6;
/** Passes after which the process has its size. */
const SETTLED = 100;
const SAMPLES = 10;
const MOST_GROWTH_MB = 20;

/** Whether the process grows while one image after another goes through the model. */
export const memoryProbe: Probe = async ({ model, precision, threads, times }) => {
  const { files } = await benchModel(model);
  const clip = await loadClip(files, { precision, threads });
  const { imageSize: size } = clip.info;
  const images = recipePixels(1, size, 0).map((data) => ({ size, data }));
  const rows: { passes: number; rssMB: number }[] = [];
  const look = (passes: number) =>
    rows.push({ passes, rssMB: process.memoryUsage.rss() / MEGABYTE });
  const step = Math.max(1, Math.floor((times - SETTLED) / SAMPLES));
  for (let pass = 1; pass <= times; pass++) {
    await clip.encodeImages(images);
    if (pass >= SETTLED && ((pass - SETTLED) % step === 0 || pass === times)) look(pass);
  }
  clip.dispose();
  // What is collected now and then makes it larger in between; what is kept, at the end too.
  const growth = (rows.at(-1)?.rssMB ?? 0) - (rows[0]?.rssMB ?? 0);
  const claim = `MB that the process is larger by after ${times} passes than after ${SETTLED}`;
  return {
    rows: rows.map(({ passes, rssMB }) => ({ passes, rssMB: Number(rssMB.toFixed(1)) })),
    claims: [atMost(claim, growth, MOST_GROWTH_MB)],
  };
};
