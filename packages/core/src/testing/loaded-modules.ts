/**
 * A script of its own, run by gpu.test.ts: classifies on the backend that its argument names, and prints
 * the files of gpu.js and webgpu that were loaded.
 */
import { createRequire } from 'node:module';
import { loadClip } from '../load-clip.ts';
import { nanoModel } from './nano.ts';

const options =
  process.argv[2] === 'gpu' ? ({ backend: 'gpu', gpuMode: 'cpu' } as const) : ({} as const);
const clip = await loadClip(await nanoModel(), options);
await clip.encodeTexts(['a cat']);
clip.dispose();
const { cache } = createRequire(import.meta.url);
const loaded = Object.keys(cache).filter((path) => /[\\/](gpu\.js|webgpu)[\\/]/.test(path));
process.stdout.write(loaded.join('\n'));
