import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { Interruption } from './interruption.ts';

test('work that ends first gives its result, and nothing of it is kept', async () => {
  const interruption = new Interruption();
  const results: WeakRef<object>[] = [];
  for (let i = 0; i < 3; i++) {
    const result = await interruption.during(Promise.resolve({ large: new Float32Array(1 << 20) }));
    results.push(new WeakRef(result));
  }
  await new Promise((resolve) => setTimeout(resolve));
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  // The last may still be in a register of this function.
  expect(results.slice(0, 2).map((result) => result.deref())).toEqual([undefined, undefined]);
});

test('the end rejects what is under way, what comes after, and lets late results pass unheard', async () => {
  const interruption = new Interruption();
  const late = Promise.withResolvers<string>();
  const underWay = interruption.during(late.promise);
  interruption.end(new Error('gone'));
  await expect(underWay).rejects.toThrow('gone');
  late.reject(new Error('too late'));
  await expect(interruption.during(Promise.resolve('more'))).rejects.toThrow('gone');
});
