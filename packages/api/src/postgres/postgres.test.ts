/** The database: tables of other versions, hosts that do not answer, transactions, errors. */
import { createServer } from 'node:net';
import { expect, test, vi } from 'vitest';
import { MIGRATIONS } from './migrations/steps.ts';
import { openPostgres } from './postgres.ts';
import { storeError } from './store-error.ts';
import { testPostgres } from './testing/test-postgres.ts';

const PASSWORD = 'hunter2';

test('several that start at once make the tables once, and a later version is not touched', async () => {
  const { url, close } = await testPostgres();
  const databases = await Promise.all([1, 2, 3].map(() => openPostgres(url)));
  const [database] = databases;
  expect(await database!.rows('SELECT version FROM clipql_version')).toEqual([
    { version: MIGRATIONS.length },
  ]);
  await database!.run('UPDATE clipql_version SET version = 1000');
  await expect(openPostgres(url)).rejects.toMatchObject({
    code: 'STORE_TOO_NEW',
    message: expect.stringContaining(`${MIGRATIONS.length} or older, got 1000`),
  });
  for (const one of databases) await one.close();
  await close();
});

test('without leave to migrate, a database without tables is refused and left without', async () => {
  const { url, close } = await testPostgres();
  await expect(openPostgres(url, { migrates: false })).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    retryable: false,
    message: expect.stringContaining('run clipql migrate'),
  });
  const database = await openPostgres(url);
  await (await openPostgres(url, { migrates: false })).close();
  await database.close();
  await close();
});

test('a transaction that fails leaves nothing, and its connection is of use to the next', async () => {
  const { url, close } = await testPostgres();
  const database = await openPostgres(url, { connections: 1 });
  await database.run('CREATE TABLE numbers (n integer)');
  const failing = database.transaction(async (connection) => {
    await connection.run('INSERT INTO numbers VALUES ($1)', 1);
    await connection.run('INSERT INTO numbers VALUES ($1)', 'one');
  });
  await expect(failing).rejects.toThrow('invalid input syntax');
  expect(await database.transaction((one) => one.rows('SELECT * FROM numbers'))).toEqual([]);
  await database.close();
  await close();
});

test('a host that refuses, and one that hangs up, are errors to retry, without the password', async () => {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const open = () => openPostgres(`postgres://ada:${PASSWORD}@127.0.0.1:${port}/clipql`);
  const refusal = async () => {
    const error = await open().catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', retryAfter: expect.any(Number) });
    expect(error.message).toContain(`127.0.0.1:${port}/clipql`);
    expect(error.message).not.toContain(PASSWORD);
  };
  await refusal();
  await new Promise((resolve) => server.close(resolve));
  await refusal();
});

/** Of the server's messages: what it wants for a password, and the first answer of the handshake. */
const WANTS_PASSWORD = Buffer.from('R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0', 'latin1');
const GOES_ON = Buffer.from('R\0\0\0\x0c\0\0\0\x0br=ab', 'latin1');

test('a server that wants a password, and gets none, is not asked again', async () => {
  vi.stubEnv('PGPASSWORD', undefined);
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write(WANTS_PASSWORD);
      socket.once('data', () => socket.write(GOES_ON));
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await expect(openPostgres(`postgres://ada@127.0.0.1:${port}/clipql`)).rejects.toMatchObject({
    ...{ code: 'STORE_UNAVAILABLE', retryable: false },
    message: expect.stringMatching(/^expected a password, .* or in PGPASSWORD, got: /),
  });
  server.close();
  vi.unstubAllEnvs();
});

test.each([
  ['53100', 'STORE_FULL', undefined],
  ['57P01', 'STORE_UNAVAILABLE', undefined],
  ['40P01', 'STORE_UNAVAILABLE', undefined],
  ['28P01', 'STORE_UNAVAILABLE', false],
  ['42501', 'STORE_UNAVAILABLE', false],
  ['XX001', 'STORE_DAMAGED', undefined],
])('what PostgreSQL calls %s is %s', (code, expected, retryable) => {
  const error = Object.assign(new Error('it says why'), { code, severity: 'ERROR' });
  expect(storeError(error, 'db/clipql')).toMatchObject({
    ...{ code: expected, retryable },
    message: expect.stringMatching(/^expected .*, got: it says why \(db\/clipql\)$/),
  });
});

test('a text that PostgreSQL cannot keep is the caller’s mistake, and says nothing of the database', async () => {
  const { url, close } = await testPostgres();
  const database = await openPostgres(url);
  await expect(database.rows('SELECT $1::text', 'a\0')).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: 'expected texts in Unicode without NUL, got another',
  });
  await database.close();
  await close();
});

test('an error that is not about the store is given back as it is', () => {
  const mistake = Object.assign(new Error('no such column'), { code: '42703', severity: 'ERROR' });
  expect(storeError(mistake, 'db')).toBe(mistake);
});
