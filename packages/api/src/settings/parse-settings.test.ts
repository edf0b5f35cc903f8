import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { defaultText, flagOf, type Option, variableOf } from './option.ts';
import { OPTIONS } from './options.ts';
import { type Flags, loadOptions, parseCount, parseSettings } from './settings.ts';
import { strayVariables } from './stray-variables.ts';

const folder = mkdtempSync(join(tmpdir(), 'clipql-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A settings file with this text. */
function file(text: string): string {
  const path = join(folder, 'clipql.json');
  writeFileSync(path, text);
  return path;
}

const failure = (flags: Flags, env: Record<string, string> = {}): string => {
  try {
    parseSettings(flags, env);
  } catch (error) {
    expect(error).toMatchObject({ code: 'BAD_OPTION' });
    return (error as Error).message;
  }
  throw new Error('expected a failure');
};

test('a server listens on 127.0.0.1:4000 unless told otherwise', () => {
  expect(parseSettings({}, {})).toMatchObject({ host: '127.0.0.1', port: 4000, allowHosts: [] });
});

test('a flag goes before the environment, and that before the file', () => {
  const config = file('{ "port": 6000, "host": "0.0.0.0", "allowHosts": ["c", "d:1"] }');
  const env = { CLIPQL_PORT: '5000', CLIPQL_ALLOW_HOSTS: 'a:1' };
  expect(parseSettings({ config }, {})).toMatchObject({ port: 6000, allowHosts: ['c', 'd:1'] });
  expect(parseSettings({}, { CLIPQL_CONFIG: config })).toMatchObject({ port: 6000 });
  expect(parseSettings({ config }, env)).toMatchObject({ port: 5000, host: '0.0.0.0' });
  expect(parseSettings({ config, port: '0' }, env)).toMatchObject({ port: 0, allowHosts: ['a:1'] });
});

test('PORT is read after CLIPQL_PORT; an empty one, and Kubernetes’s service link, count as none', () => {
  expect(parseSettings({}, { PORT: '5000' }).port).toBe(5000);
  expect(parseSettings({}, { PORT: '5000', CLIPQL_PORT: '6000' }).port).toBe(6000);
  expect(parseSettings({}, { PORT: '', CLIPQL_PORT: 'tcp://10.0.0.1:80' }).port).toBe(4000);
});

test('what the model needs is handed to it', () => {
  const settings = parseSettings({ maxMegapixels: '0.5', precision: 'int8', threads: '1' }, {});
  expect(loadOptions(settings)).toEqual({
    backend: 'wasm',
    maxPixels: 500_000,
    precision: 'int8',
    threads: 1,
  });
  expect(loadOptions(parseSettings({}, {}))).toEqual({
    backend: 'wasm',
    maxPixels: 25_000_000,
    precision: 'f32',
  });
});

test.each<Flags>([
  ...['abc', '-1', '65536', '80.5', ' ', ''].map((port) => ({ port })),
  ...['', 'many', '0', '-1', 'Infinity', 'NaN', '1e3'].map((maxMegapixels) => ({ maxMegapixels })),
  { precision: 'f16' },
  { precision: '' },
  { threads: '0' },
  ...['x', '-1', '1.5', String(Math.max(availableParallelism(), cpus().length) + 1)].map(
    (threads) => ({
      threads,
    }),
  ),
  { host: ' ' },
])('%j is refused, and the flag named', (flags) => {
  const [[name, value]] = Object.entries(flags) as [[string, string]];
  const message = failure(flags);
  expect(message.startsWith(`expected ${flagOf(name)} as `)).toBe(true);
  expect(message.endsWith(`, got ${JSON.stringify(value)}`)).toBe(true);
});

test('an error names the variable, or the file and its key, that is at fault', () => {
  const numbers = 'as a whole number from 0 to 65535, got';
  expect(failure({}, { CLIPQL_PORT: 'x' })).toBe(`expected CLIPQL_PORT ${numbers} "x"`);
  expect(failure({}, { PORT: 'x' })).toBe(`expected PORT ${numbers} "x"`);
  const config = file('{ "port": [80] }');
  expect(failure({ config })).toBe(`expected port in ${config} ${numbers} [80]`);
});

test.each([
  ['{ "prot": 1 }', /^got "prot" in the settings file .*, expected port$/],
  ['{ "max-images": 1 }', /^got "max-images" in the settings file .*, expected maxImages$/],
  ['{ "colour": 1 }', /^got "colour" in the settings file .*, expected one of model, precision, /],
  ['{ "port": 1', /^expected JSON in the settings file .*: see line 1, column 12$/],
  ['{\n  "port": 1, // mine\n}', /: see line 2, column 14$/],
  ['{ "jwtSecret": hidden }', /^expected JSON in the settings file [^ ]*, got something else$/],
  ['[]', /^expected a JSON object/],
  ['null', /^expected a JSON object/],
])('the file %s is refused', (text, message) => {
  expect(failure({ config: file(text) })).toMatch(message);
});

test('a file that is not there is refused, and so is a folder', () => {
  const none = join(folder, 'none.json');
  expect(failure({ config: none })).toBe(`expected the settings file ${none}, got no file`);
  expect(failure({ config: folder })).toBe(`expected the settings file ${folder}, got a folder`);
});

test('a byte order mark before a file’s text is passed over', () => {
  expect(parseSettings({ config: file('\uFEFF{ "port": 6000 }') }, {}).port).toBe(6000);
});

test('variables that look like settings and are none are told, with the name that is meant', () => {
  expect(
    strayVariables({
      CLIPQL_PROT: '80',
      CLIPQL_MAXIMAGES: '9',
      CLIPQL_COLOUR: 'red',
      CLIPQL_PORT: '80',
      CLIPQL_CONFIG: 'x.json',
      CLIPQL_REQUIRE_GPU: '1',
      PORT: '80',
    }),
  ).toEqual([
    'CLIPQL_PROT is no setting and changes nothing: CLIPQL_PORT is one',
    'CLIPQL_MAXIMAGES is no setting and changes nothing: CLIPQL_MAX_IMAGES is one',
    'CLIPQL_COLOUR is no setting and changes nothing',
  ]);
});

test('what Kubernetes sets for services called clipql and clipql-web is not taken for a setting', () => {
  const names = ['CLIPQL', 'CLIPQL_WEB'].flatMap((service) => [
    `${service}_SERVICE_HOST`,
    `${service}_SERVICE_PORT`,
    `${service}_SERVICE_PORT_HTTP`,
    `${service}_PORT`,
    `${service}_PORT_80_TCP`,
    `${service}_PORT_80_TCP_PROTO`,
    `${service}_PORT_80_TCP_PORT`,
    `${service}_PORT_80_TCP_ADDR`,
  ]);
  expect(strayVariables(Object.fromEntries(names.map((name) => [name, 'x'])))).toEqual([]);
});

test.each(['0', '-1', '1.5', 'x', ''])('%j is no count', (text) => {
  expect(() => parseCount('--top', text)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
});

test('the table of docs/operating.md has every setting, its variable, its default and its help', () => {
  const page = readFileSync(new URL('../../../../docs/operating.md', import.meta.url), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `--'));
  const row = ([name, option]: [string, Option]) => {
    const variables = [variableOf(name), ...(option.alsoRead ?? [])].map((v) => `\`${v}\``);
    const value = option.placeholder.slice(1, -1).toUpperCase();
    const flag = `\`${flagOf(name)} ${value}\``;
    return `| ${flag} | ${variables.join(', ')} | ${defaultText(option)} | ${option.help} |`;
  };
  expect(rows).toEqual(Object.entries(OPTIONS).map(row));
});

test('a setting’s help has at most twelve words', () => {
  const long = Object.values(OPTIONS).filter(({ help }) => help.match(/\S*\w\S*/g)!.length > 12);
  expect(long).toEqual([]);
});
