import { expect, test } from 'vitest';
import { parseCount, parseServerSettings, parseSettings } from './settings.ts';

const badOption = expect.objectContaining({ code: 'BAD_OPTION' });

test('a server listens on 127.0.0.1:4000 unless told otherwise', () => {
  expect(parseServerSettings({}, {})).toEqual({
    host: '127.0.0.1',
    port: 4000,
    modelFolder: undefined,
    load: {},
    allowHosts: new Set(),
  });
});

test('a flag goes before the environment', () => {
  const env = { PORT: '5000', CLIPQL_ALLOW_HOSTS: 'a:1' };
  expect(parseServerSettings({}, env)).toMatchObject({ port: 5000, allowHosts: new Set(['a:1']) });
  expect(parseServerSettings({ port: '0', allowHosts: 'b' }, env)).toMatchObject({
    port: 0,
    allowHosts: new Set(['b']),
  });
});

test('an empty PORT counts as none', () => {
  expect(parseServerSettings({}, { PORT: '' }).port).toBe(4000);
});

test('megapixels are millions of pixels', () => {
  expect(parseSettings({ maxMegapixels: '0.5' }, {}).load).toEqual({ maxPixels: 500_000 });
});

test.each(['abc', '-1', '65536', '80.5', ' '])('%j is no port', (port) => {
  expect(() => parseServerSettings({ port }, {})).toThrow(badOption);
});

test.each(['', 'many', '0', '-1', 'Infinity', 'NaN'])('%j is no number of megapixels', (text) => {
  expect(() => parseSettings({ maxMegapixels: text }, {})).toThrow(badOption);
});

test('precision and threads are handed to the model', () => {
  const { load } = parseSettings({ precision: 'int8', threads: '3' }, {});
  expect(load).toEqual({ precision: 'int8', threads: 3 });
});

test.each([{ precision: 'f16' }, { precision: '' }, { threads: '0' }, { threads: 'x' }])(
  '%j is refused',
  (flags) => {
    expect(() => parseSettings(flags, {})).toThrow(badOption);
  },
);

test.each(['0', '-1', '1.5', 'x', ''])('%j is no count', (text) => {
  expect(() => parseCount('--top', text)).toThrow(badOption);
});
