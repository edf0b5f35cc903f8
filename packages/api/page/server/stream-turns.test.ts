import { expect, test } from 'vitest';
import { streamTurn } from './stream-turns.ts';

const settled = () => new Promise((resolve) => setTimeout(resolve));

test('three streams are open at a time; others wait for their turn, or give up', async () => {
  const { signal } = new AbortController();
  const ends = [await streamTurn(signal), await streamTurn(signal), await streamTurn(signal)];
  const begun: string[] = [];
  const wait = (name: string, until: AbortSignal) =>
    streamTurn(until).then((end) => {
      begun.push(name);
      return end;
    });
  const impatient = new AbortController();
  const givesUp = expect(wait('gives up', impatient.signal)).rejects.toThrow('left');
  const fourth = wait('fourth', signal);
  const fifth = wait('fifth', signal);
  impatient.abort(new Error('left'));
  await givesUp;
  await settled();
  expect(begun).toEqual([]);
  ends[1]!();
  await settled();
  expect(begun).toEqual(['fourth']);
  ends[0]!();
  ends[2]!();
  (await fourth)();
  (await fifth)();
  expect(begun).toEqual(['fourth', 'fifth']);
});
