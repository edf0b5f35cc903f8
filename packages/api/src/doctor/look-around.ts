import { availableParallelism, cpus, homedir, totalmem } from 'node:os';
import { type Clip, INT8_MEMORY_SHARE } from '@clipql/core';
import { hubSettings } from '@clipql/core/node';
import { modelSource } from '../models/model-sources.ts';
import { loadOptions, type Settings } from '../settings/settings.ts';
import { strayVariables } from '../settings/stray-variables.ts';
import { type Finding, look, note, ok } from './finding.ts';
import { isKnownAnswer, knownAnswerError } from './known-answer.ts';
import { lookAtCache } from './look-at-cache.ts';
import { lookAtGpu } from './look-at-gpu.ts';
import { lookAtInt8 } from './look-at-int8.ts';
import { probeImage } from './probe-image.ts';

/** Below this, ViT-B/32 in float32 does not fit. */
const COMFORTABLE_BYTES = 1e9;

/** Looks at what ClipQL stands on here, one thing after another. */
export async function* lookAround(settings: Settings): AsyncGenerator<Finding> {
  const { version, platform, arch } = process;
  yield ok('node', `${version.slice(1)} on ${platform}, ${arch}`);
  yield* lookAtEmbeddedModel(settings);
  yield await look('int8', lookAtInt8);
  yield await look('gpu', lookAtGpu);
  yield await look('cache', () => lookAtCache(hubSettings(process.env, homedir())));
  yield memory();
  for (const line of strayVariables(process.env)) yield note('settings', line);
  for (const model of settings.model) yield look('model', () => lookAtModel(model, settings));
}

/** Loading the embedded model shows which kernels run, and its answers whether they are right. */
async function* lookAtEmbeddedModel({ threads }: Settings): AsyncGenerator<Finding> {
  let clip: Clip | undefined;
  try {
    const load = async () => {
      const options = threads === undefined ? {} : { threads };
      clip = (await modelSource(undefined, options).load()).clip;
      return kernels(clip);
    };
    yield await look('kernels', load);
    if (clip === undefined) return;
    yield threadsOf(clip);
    yield await look('answers', () => answers(clip!));
  } finally {
    clip?.dispose();
  }
}

async function kernels({ info }: Clip): Promise<Finding> {
  const { name, simd } = info.backend;
  if (simd === 'relaxed') return ok('kernels', `${name} with relaxed SIMD`);
  return note(
    'kernels',
    `${name} with plain SIMD: this processor or Node has no relaxed SIMD, about half the speed`,
  );
}

function threadsOf({ info }: Clip): Finding {
  const [cpu] = cpus();
  const model = cpu === undefined ? '' : `: ${cpu.model.trim()}`;
  return ok(
    'threads',
    `${info.backend.threads} for a forward pass, ${availableParallelism()} processors${model}`,
  );
}

/** @throws what a forward pass does. */
export async function answers(clip: Clip): Promise<Finding> {
  const error = await knownAnswerError(clip);
  const digits = error.toExponential(0);
  if (isKnownAnswer(error)) {
    return ok('answers', `the embedded model answers as it should, to ${digits}`);
  }
  return {
    name: 'answers',
    state: 'broken',
    text: `the embedded model is off by ${digits}: its files are damaged, or this machine computes wrongly`,
  };
}

function memory(): Finding {
  const available = process.availableMemory();
  // Of a container's limit, where there is one.
  const limit = process.constrainedMemory();
  const all = limit > 0 && limit < totalmem() ? limit : totalmem();
  const text = `${gigabytes(available)} of ${gigabytes(all)} GB free`;
  return available < COMFORTABLE_BYTES
    ? note(
        'memory',
        `${text}; ViT-B/32 needs about 0.8 GB, ${gigabytes(0.8e9 * INT8_MEMORY_SHARE)} GB with --precision int8`,
      )
    : ok('memory', text);
}

async function lookAtModel(model: string, settings: Settings): Promise<Finding> {
  const start = performance.now();
  const { clip } = await modelSource(model, loadOptions(settings)).load();
  try {
    const loaded = performance.now() - start;
    const { name, imageSize, parameters } = clip.info;
    const [values] = await clip.encodeImages([probeImage(imageSize)]);
    const length = Math.hypot(...values!);
    if (!(Math.abs(length - 1) < 1e-3)) {
      return {
        name: 'model',
        state: 'broken',
        text: `${name}: expected an embedding of length 1, got ${length}`,
      };
    }
    const millions = (parameters / 1e6).toFixed(1);
    return ok(
      'model',
      `${name}, ${millions} million parameters, loaded in ${(loaded / 1000).toFixed(1)} s, runs`,
    );
  } finally {
    clip.dispose();
  }
}

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);
