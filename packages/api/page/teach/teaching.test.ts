import { expect, test } from 'vitest';
import { formatAddress, parseAddress } from '../address.ts';
import { readTeaching, type Teaching, writeTeaching } from './teaching.ts';

const NOTHING: Teaching = { classifier: '', name: '', labels: [], image: '' };

test.each([
  {},
  { classifier: 'parts' },
  { classifier: 'parts', image: 'https://example.com/a.jpg?b=c&d=e#f' },
  { name: 'plants', labels: ['oak', 'a & b = c?', '<b>', 'עברית', 'x'.repeat(8_000)] },
] as readonly Partial<Teaching>[])('the address keeps what is shown: %j', (change) => {
  const teaching = { ...NOTHING, ...change };
  const address = formatAddress({ view: 'teach', parameters: writeTeaching(teaching) });
  expect(readTeaching(parseAddress(address).parameters)).toEqual(teaching);
});

test('a picture that is its own address stays out of the page’s address', () => {
  const teaching = { ...NOTHING, classifier: 'parts', image: 'data:image/png;base64,AAAA' };
  expect(writeTeaching(teaching).toString()).toBe('classifier=parts');
});
