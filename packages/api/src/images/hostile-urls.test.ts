/** What strangers send to make a server fetch from where they cannot get to themselves. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redirectTo, startWebServer } from '../../../core/src/testing/web-server.ts';
import type { ImageFetcher } from './fetch-image.ts';
import type { AddressLookup } from './guarded-connector.ts';
import { type Canary, namesAre, startCanary } from './testing/canary.ts';

/** Hosts, by what they try; those in NAMES are names, all others are spelt addresses. */
const HOSTILE_HOSTS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.1', '127.0.0.2', '127.1.2.3', '127.255.255.255', '127.0.0.1.'],
  'this host': ['0.0.0.0', '0.0.0.1', '0.255.255.255', '0', '0x0', '00', '0.0'],
  'odd spellings of loopback': [
    '2130706433',
    '0x7f000001',
    '0X7F000001',
    '017700000001',
    '127.1',
    '127.0.1',
    '0x7f.1',
    '0177.1',
    '0177.0.0.1',
    '0x7f.0x0.0x0.0x1',
    '0177.0000.0000.0001',
    '127.0x0.0.01',
    '%31%32%37.0.0.1',
    '127%2e0%2e0%2e1',
    '１２７.０.０.１',
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
    '127．0．0．1',
    '127｡0｡0｡1',
  ],
  private: ['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1'],
  'odd spellings of private addresses': [
    '167772161',
    '0xa000001',
    '10.1',
    '012.0.0.1',
    '0xc0a80001',
    '192.168.257',
    '0xac.0x10.1',
  ],
  'link-local': ['169.254.0.1', '169.254.255.254', '0xa9fe0001'],
  'carrier-grade NAT': ['100.64.0.1', '100.127.255.254', '1681915905'],
  multicast: ['224.0.0.1', '239.255.255.250', '0xe0000001'],
  reserved: ['240.0.0.1', '255.255.255.255', '192.0.0.1', '192.0.2.1', '198.18.0.1', '0xffffffff'],
  metadata: [
    '169.254.169.254',
    '169.254.170.2',
    '168.63.129.16',
    '100.100.100.200',
    '192.0.0.192',
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '169.254.43518',
    '0xa83f8110',
    '2822734096',
    '168.63.33040',
    '[fd00:ec2::254]',
    '[fd00:0ec2:0:0:0:0:0:0254]',
    '[fd20:ce::254]',
    '[fe80::a9fe:a9fe]',
    '[::ffff:169.254.169.254]',
    '[::ffff:a83f:8110]',
    '[64:ff9b::a9fe:a9fe]',
  ],
  'IPv6 loopback and unspecified': [
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::]',
    '[0000::0001]',
    '[::0.0.0.1]',
  ],
  'IPv6 private': ['[fc00::1]', '[fd12:3456:789a::1]', '[fec0::1]', '[fdff:ffff::ffff]'],
  'IPv6 link-local and multicast': ['[fe80::1]', '[febf::1]', '[ff02::1]', '[ff0e::1]'],
  'IPv4-mapped': [
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[0:0:0:0:0:FFFF:127.0.0.1]',
    '[::ffff:10.0.0.1]',
    '[::ffff:0.0.0.0]',
    '[::ffff:0:7f00:1]',
  ],
  'IPv4-compatible': ['[::127.0.0.1]', '[::7f00:1]', '[::10.0.0.1]', '[::a00:1]'],
  NAT64: ['[64:ff9b::127.0.0.1]', '[64:ff9b::7f00:1]', '[64:ff9b:1::7f00:1]', '[64:ff9b::a00:1]'],
  '6to4': ['[2002:7f00:1::]', '[2002:7f00:0001::1]', '[2002:a00:1::1]', '[2002:c0a8:1::1]'],
  Teredo: ['[2001::1]', '[2001:0:7f00:1::1]', '[2001:0:4136:e378:8000:63bf:80ff:fffe]'],
  ISATAP: [
    '[2a00:1450::5efe:7f00:1]',
    '[2a00:1450::200:5efe:7f00:1]',
    '[2001:4860:4860::5efe:10.0.0.1]',
    '[fe80::5efe:7f00:1]',
  ],
  'documentation and discard': ['[2001:db8::1]', '[3fff::1]', '[100::1]', '[5f00::1]'],
  'names of this machine': [
    'localhost',
    'LOCALHOST',
    'localhost.',
    'a.localhost',
    'ｌｏｃａｌｈｏｓｔ',
  ],
  'names that resolve to private addresses': [
    'loopback.example',
    'private.example',
    'carrier.example',
    'metadata.example',
    'azure.example',
    'ipv6-loopback.example',
    'mapped.example',
    'compatible.example',
    'nat64.example',
    '6to4.example',
    'teredo.example',
    'isatap.example',
    'unique-local.example',
    'metadata.google.internal',
    '127.0.0.1.wildcard.example',
    '7f000001.wildcard.example',
  ],
  'names with one private address among public ones': [
    'mixed.example',
    'mixed-last.example',
    'mixed-families.example',
  ],
};

const NAMES = {
  localhost: ['127.0.0.1', '::1'],
  'a.localhost': ['127.0.0.1'],
  'loopback.example': ['127.0.0.1'],
  'private.example': ['10.20.30.40'],
  'carrier.example': ['100.64.3.4'],
  'metadata.example': ['169.254.169.254'],
  'azure.example': ['168.63.129.16'],
  'ipv6-loopback.example': ['::1'],
  'mapped.example': ['::ffff:127.0.0.1'],
  'compatible.example': ['::127.0.0.1'],
  'nat64.example': ['64:ff9b::7f00:1'],
  '6to4.example': ['2002:7f00:1::1'],
  'teredo.example': ['2001:0:7f00:1::1'],
  'isatap.example': ['2a00:1450::5efe:7f00:1'],
  'unique-local.example': ['fd00:ec2::254'],
  'metadata.google.internal': ['169.254.169.254'],
  '127.0.0.1.wildcard.example': ['127.0.0.1'],
  '7f000001.wildcard.example': ['127.0.0.1'],
  'mixed.example': ['127.0.0.1', '93.184.215.14'],
  'mixed-last.example': ['93.184.215.14', '151.101.1.69', '10.0.0.1'],
  'mixed-families.example': ['93.184.215.14', '::1'],
};

/** Addresses of the public web, under names and by themselves. */
const PUBLIC_NAMES = {
  'one.public.example': ['93.184.215.14'],
  'two.public.example': ['151.101.1.69', '151.101.65.69'],
  'six.public.example': ['2606:4700:4700::1111'],
  'both.public.example': ['142.250.74.78', '2a00:1450:4001:80b::200e'],
  'cdn.public.example': ['104.16.132.229', '104.16.133.229'],
  'xn--bcher-kva.example': ['185.199.108.153'],
};
const PUBLIC_HOSTS = [
  ...Object.keys(PUBLIC_NAMES),
  'ONE.public.example.',
  'bücher.example',
  '8.8.8.8',
  '[2606:4700:4700::1111]',
];

const HOSTILE_URLS = [
  'file:///etc/passwd',
  'file://127.0.0.1/etc/passwd',
  'ftp://one.public.example/a.jpg',
  'gopher://127.0.0.1:6379/_INFO',
  'dict://127.0.0.1:6379/INFO',
  'ldap://127.0.0.1/',
  'tftp://127.0.0.1/a',
  'unix:///var/run/docker.sock',
  'jar:http://127.0.0.1!/a',
  'javascript:alert(1)',
  'ws://127.0.0.1/',
  'blob:http://127.0.0.1/a',
  'http://user:password@one.public.example/',
  'http://one.public.example@127.0.0.1/',
  'http://127.0.0.1\\@one.public.example/',
  'http://one.public.example#@127.0.0.1:PORT/',
  'http://[::1%25lo]:PORT/',
  'http://127.0.0.1:PORT:80/',
  'http://1.2.3.256/',
  'http://256.256.256.256/',
  'http://0x100000000/',
  ...[21, 22, 25, 110, 2375, 3306, 5432, 6379, 8080, 9200, 11211].map(
    (port) => `http://one.public.example:${port}/`,
  ),
];

let canary: Canary;
let fetcher: ImageFetcher;

beforeAll(async () => {
  canary = await startCanary();
  fetcher = canary.fetcher({ lookup: namesAre({ ...NAMES, ...PUBLIC_NAMES }) });
});

afterAll(async () => {
  await fetcher.close();
  await canary.close();
});

const urlOf = (host: string): string => `http://${host}:${canary.port}/latest/meta-data/`;

/** Refused with this code, without a connection. */
async function expectRefused(url: string, code: RegExp, through = fetcher): Promise<void> {
  const before = canary.connections();
  const error = await through.fetch(url).then(
    () => ({ code: 'reached', message: url }),
    (reason: { code: string; message: string }) => reason,
  );
  expect(`${error.code} ${url}`).toMatch(code);
  expect(error.message).not.toMatch(/[\r\n]/);
  expect(canary.connections(), `connections for ${url}`).toBe(before);
}

test('there are at least 120 hostile URLs, in all classes', () => {
  const urls = [...Object.values(HOSTILE_HOSTS).flat(), ...HOSTILE_URLS];
  expect(new Set(urls).size).toBe(urls.length);
  expect(urls.length).toBeGreaterThanOrEqual(120);
});

describe.each(Object.entries(HOSTILE_HOSTS))('%s', (_class, hosts) => {
  test.each(hosts)('%s is refused without a connection', async (host) => {
    await expectRefused(urlOf(host), /^HOST_NOT_ALLOWED /);
    await expectRefused(urlOf(host).replace('http:', 'https:'), /^HOST_NOT_ALLOWED /);
  });
});

test.each(HOSTILE_URLS)('%s is refused without a connection', async (url) => {
  const refused = /^(BAD_IMAGE_URL|HOST_NOT_ALLOWED) /;
  await expectRefused(url.replace('PORT', String(canary.port)), refused);
});

test('there are at least 10 public controls', () => {
  expect(PUBLIC_HOSTS.length).toBeGreaterThanOrEqual(10);
});

test.each(PUBLIC_HOSTS)('%s is public, and reached', async (host) => {
  const before = canary.connections();
  const answer = Buffer.from(await fetcher.fetch(urlOf(host))).toString();
  expect(answer).toBe(new URL(urlOf(host)).host);
  expect(canary.connections()).toBe(before + 1);
});

test('a private host that is allowed is reached, so that the canary is known to sing', async () => {
  const open = canary.fetcher({
    allowHosts: ['10.0.0.1', 'private.example'],
    lookup: namesAre(NAMES),
  });
  for (const host of ['10.0.0.1', 'private.example']) {
    const before = canary.connections();
    await open.fetch(urlOf(host));
    expect(canary.connections()).toBe(before + 1);
  }
  await open.close();
});

test('no redirect of a public host leads to any of them', async () => {
  const targets = Object.values(HOSTILE_HOSTS)
    .flat()
    // A header has no other characters.
    .map((host) => urlOf(host.replace(/[^!-~]/g, encodeURIComponent)));
  const origin = await startWebServer(
    Object.fromEntries(targets.map((url, i) => [`/${i}`, redirectTo(url, i % 2 ? 307 : 302)])),
  );
  const through = canary.fetcher({
    allowHosts: [`front.example:${origin.port}`],
    lookup: namesAre({ ...NAMES, 'front.example': ['127.0.0.1'] }),
  });
  for (const i of targets.keys()) {
    await expectRefused(`http://front.example:${origin.port}/${i}`, /^HOST_NOT_ALLOWED /, through);
  }
  expect(origin.requests).toHaveLength(targets.length);
  await through.close();
  await origin.close();
});

test('a name that is public at first and private the next time is refused the next time', async () => {
  const answers = [['93.184.215.14'], ['127.0.0.1']];
  const asked: string[] = [];
  const rebinding: AddressLookup = (hostname, options, callback) => {
    asked.push(hostname);
    namesAre({ 'rebind.example': answers.shift() ?? [] })(hostname, options, callback);
  };
  const through = canary.fetcher({ lookup: rebinding });
  await through.fetch(urlOf('rebind.example'));
  await expectRefused(urlOf('rebind.example'), /^HOST_NOT_ALLOWED /, through);
  // One look for each connection: none between the check and its use.
  expect(asked).toEqual(['rebind.example', 'rebind.example']);
  await through.close();
});

test('a name without any address is refused', async () => {
  const through = canary.fetcher({ lookup: namesAre({ 'empty.example': [] }) });
  await expectRefused(urlOf('empty.example'), /^IMAGE_FETCH_FAILED /, through);
  await through.close();
});
