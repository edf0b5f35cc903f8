// What the images start with, as the Dockerfile says it, on the built server.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { entryPoints, healthcheck, root } from './container/dockerfile.ts';

type Variables = Readonly<Record<string, string>>;

/** Starts a command of the Dockerfile with these variables and no others; `node` is this one. */
function start([program, ...args]: readonly string[], variables: Variables): ChildProcess {
  const PATH = `${dirname(process.execPath)}${delimiter}/usr/bin${delimiter}/bin`;
  return spawn(program!, args, { cwd: root, env: { PATH, ...variables }, stdio: 'ignore' });
}

async function exitCodeOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

const isHealthy = async (variables: Variables): Promise<boolean> =>
  (await exitCodeOf(start(healthcheck, variables))) === 0;

async function listen(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return String((server.address() as AddressInfo).port);
}

async function freePort(): Promise<string> {
  const server = createServer();
  const port = await listen(server);
  await once(server.close(), 'close');
  return port;
}

test('the health check passes while the server answers 200, and at no other time', async () => {
  let status = 200;
  const server = createServer(({ url }, response) => {
    response.writeHead(url === '/healthz' ? status : 404).end();
  });
  const CLIPQL_PORT = await listen(server);
  expect(await isHealthy({ CLIPQL_PORT })).toBe(true);
  expect(await isHealthy({ CLIPQL_PORT: '1', SAGEMAKER_BIND_TO_PORT: CLIPQL_PORT })).toBe(true);
  status = 503;
  expect(await isHealthy({ CLIPQL_PORT })).toBe(false);
  server.close();
  server.closeAllConnections();
  expect(await isHealthy({ CLIPQL_PORT })).toBe(false);
});

/** Starts an image's command, and waits until its health check passes. */
async function startImage(command: readonly string[], variables: Variables): Promise<ChildProcess> {
  const child = start(command, variables);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  while (!(await isHealthy(variables))) {
    expect(child.exitCode, 'a server that has not ended').toBeNull();
    await setTimeout(100);
  }
  return child;
}

async function post(url: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).json();
}

const namesOfModels = (url: string) => post(`${url}/graphql`, { query: '{ models { name } }' });

test('sagemaker serves the files of its model on the port it is told, and ends with its container', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clipql-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const SM_MODEL_DIR = join(folder, 'unpacked');
  cpSync(join(root, 'models/nano'), SM_MODEL_DIR, { recursive: true });
  const port = await freePort();
  const variables = { SM_MODEL_DIR, CLIPQL_PORT: '1', SAGEMAKER_BIND_TO_PORT: port };
  const server = await startImage([...entryPoints[1]!, 'serve'], variables);
  const url = `http://127.0.0.1:${port}`;
  expect((await fetch(`${url}/ping`)).status).toBe(200);
  const image = readFileSync(join(root, 'packages/api/examples/march-pastoral.jpg'), 'base64');
  const answer = await post(`${url}/invocations`, { images: [image], classes: ['boat', 'sheep'] });
  expect(answer).toMatchObject([{ 0: [1, 0], 1: ['sheep', 'boat'] }]);
  expect(await namesOfModels(url)).toEqual({ data: { models: [{ name: 'unpacked' }] } });
  server.kill('SIGTERM');
  expect(await exitCodeOf(server)).toBe(0);
});

test('sagemaker without files of a model serves the small one, on the image’s own port', async () => {
  const CLIPQL_PORT = await freePort();
  await startImage([...entryPoints[1]!, 'serve'], { SM_MODEL_DIR: '/nowhere', CLIPQL_PORT });
  const answer = await namesOfModels(`http://127.0.0.1:${CLIPQL_PORT}`);
  expect(answer).toEqual({ data: { models: [{ name: 'lite' }] } });
});
