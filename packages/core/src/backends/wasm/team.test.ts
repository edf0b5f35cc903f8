import { expect, onTestFinished, test } from 'vitest';
import { startThread } from '#threads';
import { type Graph, GraphBuilder } from '../../graph/graph.ts';
import { planGraph } from '../../graph/plan.ts';
import { seededNumbers } from '../../testing/seeded.ts';
import { noWeights } from '../../testing/weight-reader.ts';
import { createWasmBackend } from './index.ts';
import type { StartThread, Thread } from './thread.ts';

/** A long chain of attentions over 400 rows, some tens of milliseconds for a team of two. */
function longGraph(): Graph {
  const g = new GraphBuilder();
  const offsets = g.input('offsets', 2, 1, 'i32');
  let x = g.input('x', 400, 32);
  for (let i = 0; i < 30; i++) x = g.attention(x, x, x, { offsets, heads: 2, causal: false });
  g.output('result', x);
  return g.build();
}

const INPUTS = { x: seededNumbers(400 * 32, 1), offsets: Int32Array.of(0, 400) };

/** A backend of two threads, and the threads that it has started so far. */
function backendWithThreads() {
  const started: { thread: Thread; lose: (reason: string) => void }[] = [];
  const start: StartThread = (source, data, onLost) => {
    const thread = startThread(source, data, onLost);
    started.push({ thread, lose: onLost });
    return thread;
  };
  const backend = createWasmBackend({ threads: 2, startThread: start });
  onTestFinished(() => backend.dispose());
  return { backend, started };
}

test('when a thread dies, what is in flight rejects with WORKER_LOST and the next run succeeds', async () => {
  const { backend, started } = backendWithThreads();
  const executable = await backend.compile(planGraph(longGraph()), noWeights);
  const expected = await executable.run(INPUTS);

  const inFlight = executable.run(INPUTS);
  const queued = executable.run(INPUTS);
  const failure = expect(inFlight).rejects.toMatchObject({
    code: 'WORKER_LOST',
    message: 'a thread that runs the model was lost (killed by the test); try again',
  });
  // Let the job begin before one of its threads goes.
  await new Promise((resolve) => setImmediate(resolve));
  const { thread, lose } = started[1]!;
  await thread.terminate();
  lose('killed by the test');
  await failure;
  expect(await queued).toEqual(expected);
  expect(started).toHaveLength(4);
});

test('a thread that throws is noticed by itself', async () => {
  let lost: ((reason: string) => void) | undefined;
  const reason = new Promise<string>((resolve) => {
    lost = resolve;
  });
  startThread("function work() { throw new Error('out of order'); }", undefined, lost!);
  expect(await reason).toBe('out of order');
});

test('a thread that dies while the team is idle costs nothing but its replacement', async () => {
  const { backend, started } = backendWithThreads();
  const executable = await backend.compile(planGraph(longGraph()), noWeights);
  const expected = await executable.run(INPUTS);
  await started[0]!.thread.terminate();
  started[0]!.lose('killed by the test');
  expect(await executable.run(INPUTS)).toEqual(expected);
  expect(started).toHaveLength(4);
});

test('dispose while a run is in flight rejects it with DISPOSED and leaves no thread', async () => {
  const { backend } = backendWithThreads();
  const executable = await backend.compile(planGraph(longGraph()), noWeights);
  const inFlight = executable.run(INPUTS);
  const failure = expect(inFlight).rejects.toMatchObject({ code: 'DISPOSED' });
  await new Promise((resolve) => setImmediate(resolve));
  backend.dispose();
  await failure;
});

test('the caller is not blocked while a team works', async () => {
  const { backend } = backendWithThreads();
  const executable = await backend.compile(planGraph(longGraph()), noWeights);
  let finished = false;
  const run = executable.run(INPUTS).then(() => {
    finished = true;
  });
  let turns = 0;
  while (!finished) {
    await new Promise((resolve) => setImmediate(resolve));
    turns++;
  }
  await run;
  expect(turns).toBeGreaterThan(3);
});
