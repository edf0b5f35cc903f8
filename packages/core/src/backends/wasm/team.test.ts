import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startThread } from '#threads';
import { type Graph, GraphBuilder } from '../../graph/graph.ts';
import { compileGraph } from '../../testing/compile-graph.ts';
import { seededNumbers } from '../../testing/seeded.ts';
import type { StartThread, Thread } from '../../threads/thread.ts';
import { createWasmBackend } from './index.ts';

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

interface ThreadData {
  readonly memory: WebAssembly.Memory;
  readonly control: number;
}

interface StartedThread {
  readonly thread: Thread;
  readonly data: ThreadData;
  readonly lose: (reason: string) => void;
  terminated: boolean;
}

/** A backend of two threads, and the threads that it has started so far. */
function backendWithThreads() {
  const started: StartedThread[] = [];
  const start: StartThread = (source, data, onLost) => {
    const thread = startThread(source, data, onLost);
    const record = { thread, data: data as ThreadData, lose: onLost, terminated: false };
    started.push(record);
    return {
      ...thread,
      terminate: () => {
        record.terminated = true;
        return thread.terminate();
      },
    };
  };
  const backend = createWasmBackend({ threads: 2, startThread: start });
  onTestFinished(() => backend.dispose());
  return { backend, started };
}

test('when a thread dies, what is in flight rejects with WORKER_LOST and the next run succeeds', async () => {
  const { backend, started } = backendWithThreads();
  const executable = await compileGraph(backend, longGraph());
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

const AFTER_LOSS = fileURLToPath(new URL('../../testing/run-after-loss.ts', import.meta.url));

test('after a loss the same call can be made again, with nothing else to keep the process alive', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=clipql-source',
    AFTER_LOSS,
  ]);
  expect(stdout).toBe('WORKER_LOST, then 12800 values');
});

test.each(['--require', 'NODE_OPTIONS'])(
  'what %s loads into the process is not loaded into its threads',
  async (way) => {
    const folder = await mkdtemp(join(tmpdir(), 'clipql-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const preload = join(folder, 'preload.cjs');
    await writeFile(
      preload,
      "if (!require('worker_threads').isMainThread) throw new Error('loaded');",
    );
    const [flags, env] =
      way === '--require' ? [[way, preload], {}] : [[], { NODE_OPTIONS: `--require ${preload}` }];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...flags, '--conditions=clipql-source', AFTER_LOSS],
      { env: { ...process.env, ...env } },
    );
    expect(stdout).toBe('WORKER_LOST, then 12800 values');
  },
);

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
  const executable = await compileGraph(backend, longGraph());
  const expected = await executable.run(INPUTS);
  await started[0]!.thread.terminate();
  started[0]!.lose('killed by the test');
  expect(await executable.run(INPUTS)).toEqual(expected);
  expect(started).toHaveLength(4);
});

test('dispose while a run is in flight rejects it with DISPOSED and leaves no thread', async () => {
  const { backend, started } = backendWithThreads();
  const executable = await compileGraph(backend, longGraph());
  const inFlight = executable.run(INPUTS);
  const failure = expect(inFlight).rejects.toMatchObject({ code: 'DISPOSED' });
  await new Promise((resolve) => setImmediate(resolve));
  backend.dispose();
  await failure;
  expect(started.map(({ terminated }) => terminated)).toEqual([true, true]);
  expect(backend.memoryBytes).toBe(0);
});

test('threads start with the first run, when the memory has its size', async () => {
  const { backend, started } = backendWithThreads();
  const executable = await compileGraph(backend, longGraph());
  expect(started).toHaveLength(0);
  await executable.run(INPUTS);
  expect(started).toHaveLength(2);
});

test('a notification that comes late or for nothing does not end a run', async () => {
  const { backend, started } = backendWithThreads();
  const executable = await compileGraph(backend, longGraph());
  const expected = await executable.run(INPUTS);
  const { memory, control } = started[0]!.data;
  const words = new Int32Array(memory.buffer, control, 10);
  let finished = false;
  const run = executable.run(INPUTS).finally(() => {
    finished = true;
  });
  while (!finished) {
    for (let i = 0; i < words.length; i++) Atomics.notify(words, i);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await run).toEqual(expected);
});

test('batches that grow take the memory of the largest, not of all', async () => {
  const backend = createWasmBackend({ threads: 1 });
  onTestFinished(() => backend.dispose());
  for (let rows = 1; rows <= 400; rows += 7) {
    const g = new GraphBuilder();
    g.output('result', g.l2Normalize(g.input('x', rows, 1000)));
    const executable = await compileGraph(backend, g.build());
    await executable.run({ x: new Float32Array(rows * 1000) });
  }
  const largest = 2 * 400 * 1000 * Float32Array.BYTES_PER_ELEMENT;
  expect(backend.memoryBytes).toBeLessThan(largest + 200_000);
});

test('the caller is not blocked while a team works', async () => {
  const { backend } = backendWithThreads();
  const executable = await compileGraph(backend, longGraph());
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

/** How many threads of this process have a niceness, which is the 19th number of a line of `stat`. */
const threadsOfNiceness = (niceness: number): number =>
  readdirSync('/proc/self/task').filter((task) => {
    const stat = readFileSync(`/proc/self/task/${task}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')')).split(' ')[17]) === niceness;
  }).length;

test.runIf(process.platform === 'linux')('threads give way as far as they are told', async () => {
  const backend = createWasmBackend({ threads: 2, niceness: 7 });
  onTestFinished(() => backend.dispose());
  const executable = await compileGraph(backend, longGraph());
  await executable.run(INPUTS);
  expect(threadsOfNiceness(7)).toBe(2);
  expect(threadsOfNiceness(0)).toBeGreaterThan(0);
});
