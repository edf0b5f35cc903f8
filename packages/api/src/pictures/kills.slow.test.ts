import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BuiltServer, startBuiltServer } from '../testing/built-server.ts';
import { NANO } from '../testing/models.ts';

const SERVER = fileURLToPath(new URL('./testing/picture-server.ts', import.meta.url));
/** CONTRIBUTING.md names the run with ten. */
const KILLS = Number(process.env.CLIPQL_TEST_KILLS ?? 4);
/** Milliseconds from a server's start to its end: a checkpoint is written every 4 s. */
const LONGEST = 8000;

let folder: string;
const closing: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-kills-'));
});

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await rm(folder, { recursive: true });
});

interface Server {
  readonly url: string;
  kill(): Promise<void>;
}

/** On its own data folder, or one that another had. */
async function start(data: string): Promise<Server> {
  const child = fork(SERVER, [join(folder, data)], { execArgv: ['--conditions=clipql-source'] });
  closing.push(() => kill(child));
  const [url] = await once(child, 'message');
  return { url, kill: () => kill(child) };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

interface Seen {
  readonly id: string;
  readonly state: string;
  readonly stepsDone: number;
  readonly imageUrl: string;
}

const SEEN = 'id state stepsDone imageUrl';

async function ask({ url }: Pick<Server, 'url'>, query: string) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data } = (await response.json()) as {
    data: { picture: Seen; startPicture: { picture: Seen } };
  };
  return data;
}

const startPicture = async (server: Pick<Server, 'url'>, seed: number): Promise<string> => {
  const { startPicture } = await ask(
    server,
    `mutation { startPicture(input: {
      prompts: [{ text: "a hill" }], quality: STANDARD, size: 64, seed: ${seed}
      startImage: { url: "/examples/march-pastoral.jpg" }, keep: 0.2
    }) { picture { ${SEEN} } } }`,
  );
  return startPicture.picture.id;
};

const see = async (server: Pick<Server, 'url'>, id: string): Promise<Seen> =>
  (await ask(server, `{ picture(id: "${id}") { ${SEEN} } }`)).picture;

/** The file of a picture, once it is done. */
async function finished(server: Server, id: string): Promise<Buffer> {
  for (;;) {
    const { state, imageUrl } = await see(server, id);
    expect(['QUEUED', 'RUNNING', 'DONE']).toContain(state);
    if (state === 'DONE') {
      const response = await fetch(`${server.url}${imageUrl}`);
      return Buffer.from(await response.arrayBuffer());
    }
    await pause(100);
  }
}

/** The same numbers in every run, 0 to 1: a linear congruential generator with the constants of Numerical Recipes. */
function* draws(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (1_664_525 * state + 1_013_904_223) % 2 ** 32;
    yield state / 2 ** 32;
  }
}

test('pictures whose server is killed again and again are those of one that is left alone, to the byte', async () => {
  let server = await start('killed');
  // A fast machine has more than one done between the kills.
  const ids = [await startPicture(server, 0)];
  const moments = draws(20);
  for (let kills = 0; kills < KILLS; kills++) {
    await pause(LONGEST * moments.next().value);
    if ((await see(server, ids.at(-1)!)).state === 'DONE') {
      ids.push(await startPicture(server, ids.length));
      await pause(1000 * moments.next().value);
    }
    await server.kill();
    server = await start('killed');
  }
  const files: Buffer[] = [];
  for (const id of ids) files.push(await finished(server, id));
  await server.kill();
  const alone = await start('alone');
  for (const [seed, file] of files.entries()) {
    const undisturbed = await finished(alone, await startPicture(alone, seed));
    expect([seed, file.equals(undisturbed)]).toEqual([seed, true]);
  }
}, 900_000);

// This runs the built command: `npm test` builds it first.
test('clipql serve writes a checkpoint when it is ended, and says at its start what it is ready to draw', async () => {
  const open = async (): Promise<BuiltServer> => {
    const flags = ['--model', NANO, '--pictures', 'on', '--data', join(folder, 'ended')];
    const server = await startBuiltServer(flags);
    closing.push(server.end);
    return server;
  };
  const first = await open();
  expect(first.written()).toContain('published CLIP models are known to give nudity');
  const id = await startPicture(first, 0);
  while ((await see(first, id)).stepsDone < 2) await pause(50);
  const { stepsDone } = await see(first, id);
  const exit = once(first.child, 'exit');
  first.child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
  expect((await see(await open(), id)).stepsDone).toBeGreaterThanOrEqual(stepsDone);
}, 600_000);

test('clipql serve refuses to draw without a data folder', async () => {
  await expect(startBuiltServer(['--model', NANO, '--pictures', 'on'])).rejects.toThrow(
    'BAD_OPTION: expected --data DIR with --pictures on, got none: pictures are kept there',
  );
});
