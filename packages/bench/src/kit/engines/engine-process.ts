/** The process of one engine: loads once, then answers one request at a time. */

import { loadClipql } from './clipql.ts';
import type { Engine, EngineName, EngineSpec, Pass } from './engine.ts';
import { loadOnnxruntimeNode, loadOnnxruntimeWeb } from './onnxruntime.ts';
import type { Answers, Reply, Request } from './protocol.ts';
import { loadTransformers } from './transformers.ts';
import type { Workload } from './workload.ts';

const LOAD: Record<EngineName, (spec: EngineSpec) => Promise<Engine>> = {
  clipql: loadClipql,
  'clipql-gpu': loadClipql,
  'onnxruntime-node': loadOnnxruntimeNode,
  'onnxruntime-web': loadOnnxruntimeWeb,
  transformers: loadTransformers,
};

let engine: Engine | undefined;
let prepared: { readonly key: string; readonly pass: Pass } | undefined;

async function answer(request: Request): Promise<Answers[keyof Answers]> {
  if (request.kind === 'load') {
    engine = await LOAD[request.spec.engine](request.spec);
    return engine.info;
  }
  if (engine === undefined) throw new Error('expected load first');
  if (request.kind === 'tokenize') return request.texts.map((text) => engine!.tokenize!(text));
  const pass = await passOf(engine, request.workload);
  if (request.kind === 'embed') return pass();
  return timePasses(pass, request);
}

async function passOf(loaded: Engine, workload: Workload): Promise<Pass> {
  const key = JSON.stringify(workload);
  if (prepared?.key !== key) prepared = { key, pass: await loaded.prepare(workload) };
  return prepared.pass;
}

/** One pass beforehand brings the weights back into the caches. */
async function timePasses(
  pass: Pass,
  { milliseconds, leastPasses }: { milliseconds: number; leastPasses: number },
): Promise<number[]> {
  await pass();
  const times: number[] = [];
  const end = performance.now() + milliseconds;
  while (performance.now() < end || times.length < leastPasses) {
    const start = performance.now();
    await pass();
    times.push(performance.now() - start);
  }
  return times;
}

const send = (reply: Reply) => process.send!(reply);

process.on('message', (request: Request) => {
  answer(request).then(
    (result) => send({ answer: result }),
    (error) => send({ failure: { message: error instanceof Error ? error.message : `${error}` } }),
  );
});
process.on('disconnect', () => process.exit());
