/**
 * A script of its own, run by team.test.ts: a thread dies in mid-run, and the same call is made again
 * with nothing else keeping the process alive.
 */
import { startThread } from '#threads';
import { createWasmBackend } from '../backends/wasm/index.ts';
import { GraphBuilder } from '../graph/graph.ts';
import type { Thread } from '../threads/thread.ts';
import { compileGraph } from './compile-graph.ts';

const g = new GraphBuilder();
const offsets = g.input('offsets', 2, 1, 'i32');
let x = g.input('x', 400, 32);
for (let i = 0; i < 30; i++) x = g.attention(x, x, x, { offsets, heads: 2, causal: false });
g.output('result', x);
const inputs = { x: new Float32Array(400 * 32).fill(0.5), offsets: Int32Array.of(0, 400) };

const threads: { thread: Thread; lose: (reason: string) => void }[] = [];
const backend = createWasmBackend({
  threads: 2,
  startThread: (source, data, onLost) => {
    const thread = startThread(source, data, onLost);
    threads.push({ thread, lose: onLost });
    return thread;
  },
});
const executable = await compileGraph(backend, g.build());
const first = executable.run(inputs).catch((error) => error.code);
await new Promise((resolve) => setImmediate(resolve));
threads[1]!.lose('ended by the test');
const outcome = await first;
const { result } = await executable.run(inputs);
process.stdout.write(`${outcome}, then ${result?.length} values`);
backend.dispose();
