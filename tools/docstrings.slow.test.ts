// The examples in the docstrings of `@clipql/core` run.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callableOf, coreExports, examplesOf } from './documented/docstrings.ts';
import { startModelHub } from './documented/model-hub.ts';
import { failuresOf } from './documented/programs.ts';

test('each example has the right types, runs, and prints what it shows', async () => {
  const programs = callableOf(coreExports()).flatMap((one) =>
    examplesOf(one).map((source) => ({ where: one.where, source, runs: true })),
  );
  const hub = await startModelHub();
  const cache = mkdtempSync(join(tmpdir(), 'clipql-cache-'));
  try {
    const env = { HF_ENDPOINT: hub.endpoint, HF_HOME: cache, XDG_CACHE_HOME: cache, HOME: cache };
    expect(await failuresOf(programs, env)).toEqual([]);
  } finally {
    rmSync(cache, { recursive: true });
    await hub.close();
  }
});
