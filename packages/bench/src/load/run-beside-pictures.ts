import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BenchError } from '../kit/errors.ts';
import { modelOnDisk } from '../kit/models/model-on-disk.ts';
import { atLeast, atMost, type ProbeResult } from '../kit/reports/claims.ts';
import { percentile, round } from '../kit/timing/statistics.ts';
import { GraphqlClient } from './client.ts';
import { pictures } from './pictures.ts';
import { startServer } from './server.ts';

export interface BesideOptions {
  readonly model: string;
  /** Classifications of each turn. */
  readonly questions: number;
  /** Turns without and with a picture. */
  readonly turns: number;
}

const CLASSIFY = `query ($imageUrl: String!) {
  classify(imageUrl: $imageUrl, labels: ["dog", "mountain", "car"]) { label }
}`;
const START = `mutation { startPicture(input: { prompts: [{ text: "a sheep" }], quality: FINE }) {
  picture { id } errors { message }
} }`;
const STEPS = 'query ($id: ID!) { picture(id: $id) { stepsDone state } }';
/** Milliseconds between an answer and the next question: at any moment of a step. */
const PAUSES = { least: 100, apart: 37, most: 400 };

/**
 * How long a lone client waits for a classification, each of an image that the server has not seen, without and with a
 * picture that is drawn meanwhile, by turns.
 */
export async function runBesidePictures(options: BesideOptions): Promise<ProbeResult> {
  const { model, questions, turns } = options;
  const { folder, remove } = await modelOnDisk(model);
  const data = await mkdtemp(join(tmpdir(), 'clipql-bench-'));
  const server = await startServer(folder, ['--pictures', 'on', '--data', data]);
  const client = new GraphqlClient(server.url);
  const picture = await pictures(640, 480);
  let number = 0;
  const times = async (): Promise<number[]> => {
    const all: number[] = [];
    for (let question = 0; question < questions; question++) {
      const { least, apart, most } = PAUSES;
      await pause(least + ((number * apart) % (most - least)));
      const imageUrl = `data:image/jpeg;base64,${picture(number++).toString('base64')}`;
      const { milliseconds, code } = await client.ask(CLASSIFY, { imageUrl });
      if (code !== undefined) throw new BenchError('ENGINE_FAILED', `classify: ${code}`);
      all.push(milliseconds);
    }
    return all;
  };
  const change = (name: string, id: string) =>
    client.ask(`mutation ($id: ID!) { ${name}(input: { id: $id }) { errors { message } } }`, {
      id,
    });
  try {
    await times();
    const id = await startedPicture(client);
    const [alone, beside]: [number[], number[]] = [[], []];
    let steps = 0;
    for (let turn = 0; turn < turns; turn++) {
      await change('pausePicture', id);
      await stepsOf(client, id, 'PAUSED');
      alone.push(...(await times()));
      await change('resumePicture', id);
      const before = await begunSteps(client, id);
      beside.push(...(await times()));
      steps += (await stepsOf(client, id, 'RUNNING')) - before;
    }
    const ratio = percentile(beside, 0.95) / percentile(alone, 0.95);
    return {
      rows: [
        { what: 'alone', ...row(alone), steps: 0 },
        { what: 'beside a picture', ...row(beside), steps },
      ],
      claims: [
        atMost('95th percentile beside a picture, by that without', ratio, 2),
        atLeast('steps that the picture took meanwhile', steps, 1),
      ],
    };
  } finally {
    client.close();
    await server.close();
    await rm(data, { recursive: true });
    await remove();
  }
}

const row = (times: readonly number[]) => ({
  classifications: times.length,
  p50Ms: round(percentile(times, 0.5)),
  p95Ms: round(percentile(times, 0.95)),
  maxMs: round(percentile(times, 1)),
});

async function startedPicture(client: GraphqlClient): Promise<string> {
  const { data, code } = await client.ask(START, {});
  const id = data?.startPicture?.picture?.id;
  if (id !== undefined) return id;
  const reason = code ?? data?.startPicture?.errors[0]?.message;
  throw new BenchError('ENGINE_FAILED', `startPicture: ${reason}`);
}

/** Steps taken, once its state is this one. */
async function stepsOf(client: GraphqlClient, id: string, expected: string): Promise<number> {
  for (;;) {
    const { data } = await client.ask(STEPS, { id });
    const { stepsDone, state } = data.picture;
    if (state === expected) return stepsDone;
    if (state === 'FAILED' || state === 'DONE') {
      throw new BenchError('ENGINE_FAILED', `expected a picture that is ${expected}, got ${state}`);
    }
    await pause(50);
  }
}

/** Once another step was taken: its models are loaded then. */
async function begunSteps(client: GraphqlClient, id: string): Promise<number> {
  const before = await stepsOf(client, id, 'RUNNING');
  for (;;) {
    const steps = await stepsOf(client, id, 'RUNNING');
    if (steps > before) return steps;
    await pause(50);
  }
}
