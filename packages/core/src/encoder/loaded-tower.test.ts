import { expect, test } from 'vitest';
import type { LoadedWeights } from '../backends/backend.ts';
import { GraphBuilder } from '../graph/graph.ts';
import type { Tower } from '../model/tower.ts';
import { LoadedTower } from './loaded-tower.ts';

/** A tower over weights that note each pass that is compiled. */
function watchedTower() {
  const compiled: string[] = [];
  const weights: LoadedWeights = {
    compile: () => ({ run: async () => ({}) }),
    release: async () => {},
  };
  const tower = new LoadedTower(weights);
  const run = (shape: string, dropped?: readonly number[]) => {
    const build = (): Tower => {
      compiled.push([shape, ...(dropped ?? [])].join(' '));
      const g = new GraphBuilder();
      g.output('y', g.l2Normalize(g.input('x', 1, 4)));
      return { graph: g.build(), parameters: [], constants: {} };
    };
    return tower.run(dropped === undefined ? { shape } : { shape, dropped }, build, {});
  };
  return { run, compiled };
}

test('a plan is made once for each shape, and those unused for longest go first', async () => {
  const { run, compiled } = watchedTower();
  for (let shape = 0; shape < 33; shape++) {
    await run(String(shape));
    await run('0');
  }
  expect(compiled).toHaveLength(33);
  await run('1');
  expect(compiled.slice(33)).toEqual(['1']);
});

test('a step whose batches are of two shapes makes two plans', async () => {
  const { run, compiled } = watchedTower();
  for (const shape of ['3', '3', '2', '3', '3', '2']) await run(`gradient ${shape}`, [4]);
  expect(compiled).toEqual(['gradient 3 4', 'gradient 2 4']);
});

test('passes that drop branches push no other out, and a step’s batches share theirs', async () => {
  const { run, compiled } = watchedTower();
  await run('gradient 8', []);
  for (let step = 0; step < 100; step++) {
    await run('gradient 8', [step, step + 1]);
    await run('gradient 8', [step, step + 1]);
  }
  await run('gradient 8');
  expect(compiled).toHaveLength(101);
  await run('gradient 8', [0, 1]);
  expect(compiled).toHaveLength(102);
});
