// These run the built server: `npm test` builds it first.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BuiltServer, startBuiltServer } from '../testing/built-server.ts';
import { NANO } from '../testing/models.ts';

const KILLS = 10;
/** Milliseconds from a server's start to its end: a checkpoint is written every 4 s. */
const LONGEST = 7000;

let folder: string;
let server: BuiltServer | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipql-kills-'));
});

afterEach(async () => {
  await server?.end();
  await rm(folder, { recursive: true });
});

async function start(data: string): Promise<void> {
  const flags = [
    '--model',
    NANO,
    '--pictures',
    'on',
    '--data',
    join(folder, data),
    '--threads',
    '1',
  ];
  server = await startBuiltServer(flags);
}

async function ask(query: string) {
  const response = await fetch(`${server!.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data } = (await response.json()) as {
    data: { picture: Seen; startPicture: { picture: Seen } };
  };
  return data;
}

interface Seen {
  readonly id: string;
  readonly state: string;
  readonly stepsDone: number;
  readonly imageUrl: string;
}

const SEEN = 'id state stepsDone imageUrl';

const startPicture = async (): Promise<Seen> =>
  (
    await ask(`mutation { startPicture(input: {
      prompts: [{ text: "a hill" }], quality: FINE, size: 128, seed: 3,
      startImage: { url: "/examples/march-pastoral.jpg" }, keep: 0.2
    }) { picture { ${SEEN} } } }`)
  ).startPicture.picture;

const see = async (id: string): Promise<Seen> =>
  (await ask(`{ picture(id: "${id}") { ${SEEN} } }`)).picture;

/** The file of a picture, once it is done. */
async function finished(id: string): Promise<Buffer> {
  for (;;) {
    const { state, imageUrl } = await see(id);
    if (state === 'DONE') {
      const response = await fetch(`${server!.url}${imageUrl}`);
      return Buffer.from(await response.arrayBuffer());
    }
    expect(['QUEUED', 'RUNNING']).toContain(state);
    await pause(100);
  }
}

/** The same numbers in every run, 0 to 1. */
function* draws(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    // A linear congruential generator: numbers of Numerical Recipes.
    state = (1_664_525 * state + 1_013_904_223) % 2 ** 32;
    yield state / 2 ** 32;
  }
}

test('a picture whose server is killed ten times is that of one that is left alone, to the byte', async () => {
  await start('killed');
  const { id } = await startPicture();
  const moments = draws(20);
  for (let kill = 0; kill < KILLS; kill++) {
    await pause(LONGEST * moments.next().value);
    expect(await see(id)).toMatchObject({ state: expect.stringMatching('QUEUED|RUNNING') });
    const exit = once(server!.child, 'exit');
    server!.child.kill('SIGKILL');
    await exit;
    await start('killed');
  }
  const killed = await finished(id);
  await server!.end();
  await start('alone');
  const alone = await finished((await startPicture()).id);
  expect(killed.equals(alone)).toBe(true);
}, 900_000);

test('a server that ends writes a checkpoint within its grace, wherever the picture is', async () => {
  await start('ended');
  const { id } = await startPicture();
  for (let wait = 0; (await see(id)).stepsDone < 3; wait++) {
    expect(wait).toBeLessThan(6000);
    await pause(20);
  }
  const { stepsDone } = await see(id);
  const exit = once(server!.child, 'exit');
  server!.child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
  await start('ended');
  // Before its models are loaded again, it is what the checkpoint has.
  expect((await see(id)).stepsDone).toBeGreaterThanOrEqual(stepsDone);
}, 300_000);
