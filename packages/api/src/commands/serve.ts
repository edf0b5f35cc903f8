import type { Command } from 'commander';
import { oneLine } from '../errors.ts';
import { createImageFetcher } from '../images/fetch-image.ts';
import { modelSource } from '../models/loaded-model.ts';
import { createModelRegistry } from '../models/registry.ts';
import { listen } from '../server.ts';
import { parseServerSettings, type ServerFlags } from '../settings.ts';
import { addModelFlags } from './flags.ts';
import { startText } from './start-text.ts';

/** How long requests in flight may go on once the server is told to end, in milliseconds. */
const GRACE_MS = 10_000;

const EXAMPLES = `
Examples:
  $ clipql serve
  $ clipql serve --port 8080 --model models/clip-vit-base-patch32
  $ clipql serve --allow-hosts localhost:8000,images.internal`;

/** `clipql serve` */
export function addServe(program: Command): void {
  const command = program
    .command('serve')
    .description('Answer GraphQL over HTTP, with GraphiQL in the browser.')
    .option('--host <host>', 'address to listen on (127.0.0.1 unless given)')
    .option('--port <port>', 'port to listen on, 0 for any free one (PORT, or 4000, unless given)');
  addModelFlags(command).addHelpText('after', EXAMPLES).action(serve);
}

async function serve(flags: ServerFlags): Promise<void> {
  const settings = parseServerSettings(flags, process.env);
  const models = createModelRegistry([modelSource(settings.modelFolder, settings.load)]);
  // What is wrong with the model is to be known now, not at the first request.
  const model = await models.get();
  const fetcher = createImageFetcher({ allowHosts: settings.allowHosts });
  // The other commands do without GraphQL, and start in half the time.
  const { createClipqlYoga } = await import('../yoga.ts');
  const yoga = createClipqlYoga({ models, fetcher }, logUnexpected);
  const server = await listen(yoga, settings, logUnexpected);
  process.stderr.write(startText(model, server.url));
  await signalled();
  process.stderr.write('clipql: ending …\n');
  await server.close(GRACE_MS);
  await fetcher.close();
  models.close();
}

/** A terminal and `npm start` both pass a signal on: repeats within this time are the same one. */
const SAME_SIGNAL_MS = 1_000;

/** Resolves at the first SIGINT or SIGTERM; a later one ends the process at once. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        first ??= performance.now();
        if (performance.now() - first > SAME_SIGNAL_MS) process.exit(1);
        resolve();
      });
    }
  });
}

/** For whoever runs the server: what no user gets to see. */
function logUnexpected(requestId: string, error: unknown): void {
  const stack = error instanceof Error ? (error.stack ?? error.message) : oneLine(String(error));
  process.stderr.write(`clipql: INTERNAL ${requestId}: ${stack}\n`);
}
