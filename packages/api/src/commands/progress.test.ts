import { expect, test } from 'vitest';
import { createProgress, type ProgressOptions } from './progress.ts';

interface Run extends Partial<ProgressOptions> {
  /** Between two amounts; 1 unless given. */
  readonly seconds?: number;
}

/** What a run over these amounts writes. */
function written(amounts: readonly number[], { seconds = 1, ...options }: Run): string {
  let text = '';
  let time = 0;
  const stream = {
    isTTY: false,
    columns: 100,
    ...options.stream,
    write: (part: string) => (text += part),
  };
  const progress = createProgress({
    unit: 'images',
    total: 2000,
    now: () => time,
    ...options,
    stream,
  });
  for (const amount of amounts) {
    time += 1000 * seconds;
    progress.update(amount);
  }
  progress.log('a line');
  progress.end();
  return text;
}

const terminal = { isTTY: true, columns: 100, write: () => true };

test('on a terminal a bar shows rate and time left, and goes at the end', () => {
  const text = written([100, 500], { stream: terminal });
  expect(text.split('\r\x1b[K')).toEqual([
    '',
    '[#.......................] 100 of 2,000 images, 100/s, 19 s left',
    '[######..................] 500 of 2,000 images, 250/s, 6 s left',
    'a line\n',
    '[######..................] 500 of 2,000 images, 250/s, 6 s left',
    '',
  ]);
});

test('what is slower than one a second is told in seconds', () => {
  const options = { stream: terminal, unit: 'steps', total: 50 };
  expect(written([1, 2], { ...options, seconds: 8.4 })).toContain(
    '2 of 50 steps, 8.4 s each, 6 min 44 s left',
  );
  expect(written([1], { ...options, seconds: 90 })).toContain('1 min 30 s each');
  expect(written([1], options)).toContain('1 of 50 steps, 1/s');
});

test('what an earlier run did does not count for the rate', () => {
  const text = written([1010], { stream: terminal, start: 1000 });
  expect(text).toContain('1,010 of 2,000 images, 10/s, 1 min 39 s left');
});

test('a bar is whole on a terminal that does not know its width', () => {
  const text = written([100], { stream: { ...terminal, columns: 0 } });
  expect(text).toContain('100/s, 19 s left\r');
});

test('a bar fits into a narrow terminal', () => {
  const text = written([100], { stream: { ...terminal, columns: 30 } });
  expect(text.split('\r\x1b[K')[1]).toHaveLength(29);
});

test('elsewhere there is a line at each tenth', () => {
  expect(written([10, 199, 200, 210, 700, 2000], {})).toBe(
    'clipql: 200 of 2,000 images\nclipql: 700 of 2,000 images\nclipql: 2,000 of 2,000 images\na line\n',
  );
});

test('elsewhere there is a line every ten seconds where a tenth takes longer', () => {
  const options = { unit: 'steps', total: 150, seconds: 4 };
  expect(written([1, 2, 3, 4, 5, 6], options)).toBe(
    'clipql: 3 of 150 steps\nclipql: 6 of 150 steps\na line\n',
  );
  expect(written([1, 2, 3, 3, 3, 3], options)).toBe('clipql: 3 of 150 steps\na line\n');
});

test('when quiet there is nothing but the lines logged', () => {
  expect(written([200, 2000], { quiet: true, stream: terminal })).toBe('a line\n');
});
