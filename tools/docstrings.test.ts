// The reference of `@clipql/core` is its docstrings: nothing is missing from it.
import { expect, test } from 'vitest';
import { callableOf, coreExports, examplesOf } from './documented/docstrings.ts';

const exported = coreExports();
const callable = callableOf(exported);

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
