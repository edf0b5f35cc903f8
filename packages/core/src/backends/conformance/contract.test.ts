/** The contract that every backend keeps besides its numbers: loading, overlapping runs, refusals, the end. */
import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../graph/graph.ts';
import { planGraph, weightsOfGraphs } from '../../graph/plan.ts';
import { visionTower } from '../../model/clip-vision.ts';
import { compileGraph } from '../../testing/compile-graph.ts';
import { BACKENDS, opened, weightsFor } from '../../testing/conformance.ts';
import { ODD_VISION } from '../../testing/odd-towers.ts';
import { seededNumbers } from '../../testing/seeded.ts';
import { weightReader } from '../../testing/weight-reader.ts';

describe.each(BACKENDS)('%s', (_, create) => {
  test('runs that overlap do not disturb each other, and give what they give alone', async () => {
    const { graph, parameters, constants } = visionTower(ODD_VISION, 10, 1);
    const backend = await opened(create);
    const executable = await compileGraph(backend, graph, weightReader(weightsFor(parameters)));
    const inputsOf = (seed: number) => ({
      pixels: seededNumbers(3 * 17 * 17, seed),
      ...constants,
    });
    const together = await Promise.all([1, 2, 3, 4].map((seed) => executable.run(inputsOf(seed))));
    for (const [i, outputs] of together.entries()) {
      expect(outputs).toEqual(await executable.run(inputsOf(i + 1)));
    }
    expect(together[0]).not.toEqual(together[1]);
  });

  test('a run with an input missing or of a wrong size is refused, the next one runs', async () => {
    const backend = await opened(create);
    const g = new GraphBuilder();
    g.output('result', g.l2Normalize(g.input('x', 2, 3)));
    const executable = await compileGraph(backend, g.build());
    await expect(executable.run({})).rejects.toThrow('input x: expected 6 of Float32Array');
    await expect(executable.run({ x: new Float32Array(5) })).rejects.toThrow('got 5');
    await expect(executable.run({ x: new Int32Array(6) })).rejects.toThrow('got 6 of Int32Array');
    const { result } = await executable.run({ x: Float32Array.of(3, 0, 4, 0, 0, 2) });
    expect(result![0]).toBeCloseTo(0.6);
  });

  test('weights are read once for all plans, and a plan that reads others is refused', async () => {
    const backend = await opened(create);
    const linear = (rows: number, name: string) => {
      const g = new GraphBuilder();
      g.output('result', g.linear(g.input('x', rows, 3), g.parameter(name, [2, 3])));
      return g.build();
    };
    const reads: string[] = [];
    const reader = weightReader((name) => {
      reads.push(name);
      return Float32Array.of(1, 2, 3, 4, 5, 6);
    });
    const loaded = await backend.load(weightsOfGraphs([linear(1, 'w'), linear(2, 'w')]), reader);
    for (const rows of [1, 2]) {
      const { run } = loaded.compile(planGraph(linear(rows, 'w')));
      const { result } = await run({ x: new Float32Array(3 * rows).fill(1) });
      expect(result).toHaveLength(2 * rows);
    }
    expect(reads).toEqual(['w']);
    const other = async () =>
      loaded.compile(planGraph(linear(1, 'other'))).run({ x: new Float32Array(3) });
    await expect(other()).rejects.toThrow('linear other was not loaded');
  });

  test('weights that are released give their memory to the next; those that are not still run', async () => {
    const backend = await opened(create);
    const linear = (name: string) => {
      const g = new GraphBuilder();
      g.output('result', g.linear(g.input('x', 1, 64), g.parameter(name, [1000, 64])));
      return g.build();
    };
    const fill: Readonly<Record<string, number>> = { a: 1, b: 2, c: 3, d: 4 };
    const reader = weightReader((name) => new Float32Array(64_000).fill(fill[name]!));
    const load = async (name: string) => {
      const graph = linear(name);
      const loaded = await backend.load(weightsOfGraphs([graph]), reader);
      const executable = loaded.compile(planGraph(graph));
      const first = async () => {
        const { result } = await executable.run({ x: new Float32Array(64).fill(1) });
        return [result![0], result![999]];
      };
      return { first, release: loaded.release };
    };
    const expected = (name: string) => [64 * fill[name]!, 64 * fill[name]!];
    const a = await load('a');
    expect(await a.first()).toEqual(expected('a'));
    const b = await load('b');
    expect(await b.first()).toEqual(expected('b'));
    const { memoryBytes } = backend;
    await a.release();
    expect(await b.first()).toEqual(expected('b'));
    await b.release();
    const c = await load('c');
    const d = await load('d');
    expect(await Promise.all([c.first(), d.first()])).toEqual([expected('c'), expected('d')]);
    expect(backend.memoryBytes).toBeLessThanOrEqual(memoryBytes);
  });

  test('after dispose a run rejects with DISPOSED', async () => {
    const backend = await opened(create);
    const g = new GraphBuilder();
    g.output('result', g.l2Normalize(g.input('x', 1, 2)));
    const executable = await compileGraph(backend, g.build());
    const before = executable.run({ x: Float32Array.of(1, 1) });
    backend.dispose();
    await expect(before).rejects.toMatchObject({ code: 'DISPOSED' });
    await expect(executable.run({ x: Float32Array.of(1, 1) })).rejects.toMatchObject({
      code: 'DISPOSED',
    });
  });
});
