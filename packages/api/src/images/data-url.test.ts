import { expect, test } from 'vitest';
import { isDataUrl, readDataUrl } from './data-url.ts';

const text = (url: string) => Buffer.from(readDataUrl(url, 100)).toString('latin1');

test.each([
  ['data:text/plain;base64,aGVsbG8=', 'hello'],
  ['data:;base64,aGVsbG8', 'hello'],
  ['DATA:image/png;charset=x;BASE64,aGVsbG8=', 'hello'],
  ['data:;base64,aGVs\nbG8=', 'hello'],
  ['data:image/png;  base64  ,aGVsbG8=', 'hello'],
  ['data:base64,aGVsbG8=', 'aGVsbG8='],
  ['data:;base64;charset=x,aGVsbG8=', 'aGVsbG8='],
  ['data:;base64,aGVsbG8%3D', 'hello'],
  ['data:,hello%20there%21', 'hello there!'],
  ['data:,%ff%00%zz%4', '\xff\x00%zz%4'],
  ['data:,a#fragment', 'a'],
  ['data:,', ''],
  ['data:,a b\n c \r\n', 'a b c'],
  [' \n\tdata:;base64,aGVsbG8=', 'hello'],
  ['\0 data:,hello', 'hello'],
  ['da\tta\n:;ba\r\nse64,aGVsbG8=', 'hello'],
])('%j is read', (url, expected) => {
  expect(isDataUrl(url)).toBe(true);
  expect(text(url)).toBe(expected);
});

test.each([
  'data:image/png;base64',
  'data:;base64,a',
  'data:;base64,a*b=',
  'data:;base64,aGVsbG8é',
  'data:;base64,aGVs====bG8=',
])('%j is BAD_IMAGE_URL', (url) => {
  expect(() => text(url)).toThrow(expect.objectContaining({ code: 'BAD_IMAGE_URL' }));
});

test('the limit counts decoded bytes', () => {
  const url = (size: number) => `data:;base64,${Buffer.alloc(size).toString('base64')}`;
  expect(readDataUrl(url(100), 100)).toHaveLength(100);
  expect(() => readDataUrl(url(101), 100)).toThrow(
    expect.objectContaining({ code: 'IMAGE_TOO_LARGE' }),
  );
});
