import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BenchError } from '../kit/errors.ts';
import { REPOSITORY } from '../kit/folders.ts';

export interface HubProcess {
  /** For HF_ENDPOINT. */
  readonly endpoint: string;
  end(): Promise<void>;
}

/** The hub of the tests in a process of its own. @param models folders by `org/name`. */
export async function startHubProcess(
  models: Readonly<Record<string, string>>,
): Promise<HubProcess> {
  const args = Object.entries(models).map(([id, folder]) => `${id}=${folder}`);
  const child = spawn(process.execPath, [join(REPOSITORY, 'tools/hub/serve.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const [endpoint] = (await Promise.race([once(lines, 'line'), exited])) as [unknown];
  if (typeof endpoint !== 'string') throw new BenchError('ENGINE_FAILED', 'the hub did not start');
  return {
    endpoint,
    end: async () => {
      child.kill();
      await exited;
    },
  };
}
