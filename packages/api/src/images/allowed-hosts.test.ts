import { expect, test } from 'vitest';
import { parseSettings } from '../settings/settings.ts';
import { isAllowedHost } from './allowed-hosts.ts';

const parse = (allowHosts: string) => new Set(parseSettings({ allowHosts }, {}).allowHosts);

const allows = (list: string, url: string) => isAllowedHost(new URL(url), parse(list));

test('a host with a port allows that port alone', () => {
  expect(allows('localhost:8000', 'http://localhost:8000/a.jpg')).toBe(true);
  expect(allows('localhost:8000', 'http://localhost:8001/a.jpg')).toBe(false);
  expect(allows('localhost:8000', 'http://localhost/a.jpg')).toBe(false);
});

test('a host without a port allows all of its ports', () => {
  expect(allows('localhost', 'http://localhost/a.jpg')).toBe(true);
  expect(allows('localhost', 'http://localhost:9999/a.jpg')).toBe(true);
});

test('the port that a scheme stands for counts as written', () => {
  expect(allows('intra:80', 'http://intra/a.jpg')).toBe(true);
  expect(allows('intra:443', 'https://intra/a.jpg')).toBe(true);
  expect(allows('intra:80', 'https://intra/a.jpg')).toBe(false);
});

test('spellings of a host are one', () => {
  expect(allows(' LocalHost:8000 , other', 'http://LOCALHOST:8000/')).toBe(true);
  expect(allows('[0:0:0:0:0:0:0:1]:8000', 'http://[::1]:8000/')).toBe(true);
  expect(allows('127.1', 'http://127.0.0.1:3/')).toBe(true);
});

test('a host that ends like an allowed one is not allowed', () => {
  expect(allows('intra', 'http://notintra/')).toBe(false);
  expect(allows('intra', 'http://a.intra/')).toBe(false);
});

test.each(['http://localhost', 'user@host', 'host:port', 'host:70000', 'a b', 'host/path'])(
  '%j is refused as a list',
  (list) => {
    expect(() => parse(list)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  },
);
