/**
 * Clients of others ask the built server with their default settings. They are installed from the npm
 * registry into a folder of this test, with the versions of tools/clients/package-lock.json.
 */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPictureHost } from '../packages/api/src/jobs/testing/picture-host.ts';
import { type BuiltServer, startBuiltServer } from '../packages/api/src/testing/built-server.ts';
import { ROOT } from './documented/programs.ts';

const TEXTS = ['a photo of a sheep.', 'two\nlines'];

const ping = spawnSync('npm', ['ping', '--fetch-retries=0', '--fetch-timeout=10000']);
const isReachable = ping.status === 0;

if (!isReachable) {
  test.skip('clients of others: skipped, since the npm registry cannot be reached', () => {});
}

describe.runIf(isReachable)('with its default settings', () => {
  let folder: string;
  let server: BuiltServer;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'clipql-clients-'));
    cpSync(join(ROOT, 'tools/clients'), folder, { recursive: true });
    const install = ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
    [server] = await Promise.all([
      startBuiltServer(),
      promisify(execFile)('npm', install, { cwd: folder }),
    ]);
  });

  afterAll(async () => {
    await server?.end();
    rmSync(folder, { recursive: true });
  });

  /** What a program of tools/clients writes. */
  async function answersOf(client: string) {
    const args = [`${client}.mjs`, server.url, ...TEXTS];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
    return JSON.parse(stdout);
  }

  /** What the clients embed, by GraphQL. */
  async function embeddings(texts: readonly string[]): Promise<number[][]> {
    const query =
      'query ($inputs: [EmbeddingInput!]!) { embed(inputs: $inputs) { ... on Embedding { values } } }';
    const data = await ask(server, query, { inputs: texts.map((text) => ({ text })) });
    return data.embed.map(({ values }: { values: number[] }) => values);
  }

  test('urql queries by GET, is told of an error by its code, and mutates', async () => {
    expect(await answersOf('urql')).toEqual({
      methods: ['GET', 'GET', 'POST'],
      label: 'sheep',
      code: 'IMAGE_FETCH_FAILED',
      labelSet: 'urql',
    });
  });

  test('Apollo Client sends persisted queries by their hash, in batches and alone', async () => {
    const answers = [
      ['sheep', 1],
      ['sheep', 1],
    ];
    const code = 'IMAGE_FETCH_FAILED';
    expect(await answersOf('apollo')).toEqual({
      batched: {
        answers,
        // Unknown, registered, and by their hash alone.
        requests: [
          [2, 2],
          [2, 0],
          [2, 2],
        ],
        code,
        labelSet: 'batched',
      },
      single: {
        answers,
        requests: [
          [1, 1],
          [1, 1],
          [1, 0],
          [1, 0],
          [1, 1],
          [1, 1],
        ],
        code,
        labelSet: 'single',
      },
    });
  });

  test('graphql-request asks one operation and several', async () => {
    expect(await answersOf('graphql-request')).toEqual({
      label: 'sheep',
      batch: ['sheep', 1],
      code: 'IMAGE_FETCH_FAILED',
      labelSet: 'graphql-request',
    });
  });

  test('OpenAI’s SDK embeds texts, lists models and retrieves one', async () => {
    const { embeddings: got, ...rest } = await answersOf('openai');
    expect(got).toEqual(await embeddings(TEXTS));
    const model = { id: 'lite', object: 'model', created: 0, owned_by: 'clipql' };
    expect(rest).toEqual({
      tokens: 12,
      models: [model],
      retrieved: model,
      failure: ['NotFoundError', 'model_not_found', 'string'],
    });
  });

  test('LangChain embeds a query and documents', async () => {
    const { embeddings: got, ...rest } = await answersOf('langchain');
    expect(got).toEqual(await embeddings(TEXTS.map((text) => text.replace('\n', ' '))));
    expect(rest).toEqual({ many: 600, failure: 'MODEL_NOT_FOUND' });
  });

  test('ai-sdk embeds one value and several', async () => {
    const { embeddings: got, ...rest } = await answersOf('ai-sdk');
    expect(got).toEqual(await embeddings(TEXTS));
    expect(rest).toEqual({ tokens: 12, failure: ['AI_APICallError', 404, false] });
  });

  test.each([
    { name: 'graphql-sse', program: ['graphql-sse'] },
    { name: 'urql’s subscriptionExchange', program: ['urql-subscription', 'exchange'] },
    { name: 'urql’s fetchExchange', program: ['urql-subscription', 'fetch'] },
  ])(
    '$name follows a job, is cut, and the server restarted, and sees its end',
    async ({ program: [client, by = ''] }) => {
      const release = Promise.withResolvers<void>();
      const host = await startPictureHost(async (number) => {
        if (number >= 2) await release.promise;
        return false;
      });
      const data = join(folder, `data-${client}-${by}`);
      // Streams that held the server up would do so for longer than the test may take.
      const flags = ['--data', data, '--allow-hosts', host.host, '--grace-seconds', '600'];
      const first = await startBuiltServer(flags);
      const items = Array.from({ length: 6 }, (_, number) => ({ url: host.url(number) }));
      const { startIndex } = await ask(first, INDEX, { items });
      const { id } = startIndex.job;
      const child = spawn(process.execPath, [`${client}.mjs`, first.url, id, by], { cwd: folder });
      const written = child.stderr.toArray();
      const told: Told[] = [];
      let second: BuiltServer | undefined;
      for await (const line of createInterface(child.stdout)) {
        told.push(JSON.parse(line));
        const [when, { done }] = told.at(-1)!;
        if (when !== 'after it' || done !== 2 || second !== undefined) continue;
        const exit = once(first.child, 'exit');
        first.child.kill('SIGTERM');
        expect(await exit).toEqual([0, null]);
        second = await startBuiltServer([...flags, '--port', new URL(first.url).port]);
        release.resolve();
      }
      expect((await written).join('')).toBe('');
      const before = told.filter(([when]) => when === 'before the cut');
      const after = told.filter(([when]) => when === 'after it');
      const cut = { state: 'RUNNING', done: 2, failed: 0, total: 6 };
      expect(before.at(-1)![1]).toEqual(cut);
      // The present state comes first.
      expect(after[0]![1]).toEqual(cut);
      expect(after.at(-1)![1]).toEqual({ ...cut, state: 'DONE', done: 6 });
      expect(after.filter(([, { state }]) => state === 'DONE')).toHaveLength(1);
      await second?.end();
      await host.close();
    },
  );
});

/** What clients of a subscription write, a line each. */
type Told = [when: string, job: { state: string; done: number }];

const INDEX = `mutation ($items: [IndexItem!]!) {
  createCollection(input: { name: "photos" }) { errors { message } }
  startIndex(input: { collection: "photos", items: $items }) { job { id } errors { message } }
}`;

/** The data of an answer. */
async function ask({ url }: BuiltServer, query: string, variables: object) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()).data;
}
