import { expect, test } from 'vitest';
import { type Flags, parseSettings } from '../settings/settings.ts';
import { createFetchGuard } from './fetch-rules.ts';

const guard = (flags: Flags) => createFetchGuard(parseSettings(flags, {}));

const allows = (allowHosts: string, url: string) => guard({ allowHosts }).isAllowed(new URL(url));

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

test('*.domain stands for the hosts below a domain, not for the domain itself', () => {
  expect(allows('*.intra.example', 'http://a.intra.example/')).toBe(true);
  expect(allows('*.intra.example:8000', 'http://a.b.intra.example:8000/')).toBe(true);
  expect(allows('*.intra.example', 'http://intra.example/')).toBe(false);
  expect(allows('*.intra.example', 'http://aintra.example/')).toBe(false);
});

test('a name with a dot at its end is the same name', () => {
  expect(allows('intra', 'http://intra./')).toBe(true);
  expect(guard({ denyHosts: 'evil.example' }).refusal(new URL('http://evil.example./'))).toBe(
    'denied',
  );
});

test('only the ports that are allowed are, but for allowed hosts', () => {
  const refusal = (flags: Flags, url: string) => guard(flags).refusal(new URL(url));
  expect(refusal({}, 'http://a.example/')).toBe(undefined);
  expect(refusal({}, 'https://a.example/')).toBe(undefined);
  for (const port of [22, 25, 6379, 8080]) {
    expect(refusal({}, `http://a.example:${port}/`)).toBe('port');
  }
  expect(refusal({ allowPorts: '8080' }, 'http://a.example:8080/')).toBe(undefined);
  expect(refusal({ allowPorts: '8080' }, 'http://a.example/')).toBe('port');
  expect(refusal({ allowHosts: 'a.example' }, 'http://a.example:22/')).toBe(undefined);
});

test('a name longer than any in the DNS is below no domain', () => {
  const { isAllowed } = guard({ allowHosts: '*.example' });
  expect(isAllowed(new URL(`http://${'a.'.repeat(122)}example/`))).toBe(true);
  expect(isAllowed(new URL(`http://${'a.'.repeat(124)}example/`))).toBe(false);
});

test('with a list of only hosts, all others are refused, but for allowed ones', () => {
  const rules = { onlyHosts: 'a.example,*.b.example', allowHosts: 'localhost:8000' };
  const refusal = (url: string) => guard(rules).refusal(new URL(url));
  expect(refusal('http://a.example/')).toBe(undefined);
  expect(refusal('http://x.b.example/')).toBe(undefined);
  expect(refusal('http://localhost:8000/')).toBe(undefined);
  expect(refusal('http://c.example/')).toBe('not-listed');
});

test('a denied host or address is refused, allowed or not', () => {
  const rules = {
    allowHosts: 'a.example',
    denyHosts: 'a.example',
    denyAddresses: '203.0.114.0/24',
  };
  const { refusal, acceptsAny, acceptsPublic } = guard(rules);
  expect(refusal(new URL('http://a.example/'))).toBe('denied');
  for (const accepts of [acceptsAny, acceptsPublic]) {
    expect(accepts('203.0.114.9')).toBe(false);
    expect(accepts('203.0.115.9')).toBe(true);
  }
  expect(acceptsAny('::ffff:203.0.114.9')).toBe(false);
});

test.each<Flags>([
  ...['http://localhost', 'user@host', 'host:port', 'host:70000', 'a b', 'host/path', 'a.*.b'].map(
    (allowHosts) => ({ allowHosts }),
  ),
  ...['example.org', '1.2.3', '1.2.3.4/33', '::/129', '1.2.3.4/'].map((denyAddresses) => ({
    denyAddresses,
  })),
  ...['http', '0', '65536', '80.5'].map((allowPorts) => ({ allowPorts })),
])('%j is refused', (flags) => {
  expect(() => parseSettings(flags, {})).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
});
