// The reference of `@clipql/core` is its docstrings: nothing is missing from it, and its examples run.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { examplesOf, exportsOf } from './documented/docstrings.ts';
import { startModelHub } from './documented/model-hub.ts';
import { failuresOf } from './documented/programs.ts';

const exported = ['packages/core/src/index.ts', 'packages/core/src/node/index.ts'].flatMap(
  exportsOf,
);
const callable = exported.filter(({ kind }) => ['function', 'class', 'method'].includes(kind));

test('everything that @clipql/core exports has a docstring', () => {
  expect(exported.length).toBeGreaterThan(50);
  const bare = exported.filter(({ docstring }) => docstring === '');
  expect(bare.map(({ where }) => where)).toEqual([]);
});

test('every function, class and method that @clipql/core exports has an example', () => {
  expect(callable.map(({ where }) => where)).toContain('packages/core/src/clip.ts Clip.classify');
  const without = callable.filter((one) => examplesOf(one).length === 0);
  expect(without.map(({ where }) => where)).toEqual([]);
});

test('each example has the right types, runs, and prints what it shows', async () => {
  const programs = callable.flatMap((one) =>
    examplesOf(one).map((source) => ({ where: one.where, source, runs: true })),
  );
  const hub = await startModelHub();
  const cache = mkdtempSync(join(tmpdir(), 'clipql-cache-'));
  try {
    const env = { HF_ENDPOINT: hub.endpoint, HF_HOME: cache, XDG_CACHE_HOME: cache, HOME: cache };
    expect(await failuresOf(programs, env)).toEqual([]);
  } finally {
    rmSync(cache, { recursive: true });
    await hub.close();
  }
});
