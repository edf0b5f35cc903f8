import { homedir } from 'node:os';
import { describeAddress, hubSettings, pullModel } from '@clipql/core/node';
import type { Command } from 'commander';
import { ApiError } from '../errors/api-error.ts';
import { modelAddress } from '../models/zoo.ts';
import { megabytes } from '../models/zoo-facts.ts';
import { downloadProgress } from './download-progress.ts';

const EXAMPLES = `
Examples:
  $ clipql pull laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K
  $ clipql pull google/siglip2-base-patch32-256@main
  $ HF_HUB_CACHE=/data/models clipql pull laion/CLIP-ViT-B-32-laion2B-s34B-b79K

HF_HOME, HF_HUB_CACHE, HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE work as in Python's huggingface_hub.
HTTPS_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS apply too. If a download stops, the same command resumes it.`;

/** `clipql pull MODEL…` */
export function addPull(program: Command): void {
  program
    .command('pull')
    .description('Download or update models, and print their folders.')
    .argument('<model...>', 'org/name[@revision] on the hub, or the https URL of a folder')
    .addHelpText('after', EXAMPLES)
    .action(pull);
}

async function pull(models: readonly string[]): Promise<void> {
  const settings = hubSettings(process.env, homedir());
  for (const model of models) {
    const address = modelAddress(model);
    if (address.kind === 'folder') {
      const expected = 'expected org/name, org/name@revision or an https URL';
      throw new ApiError(
        'BAD_OPTION',
        `${expected} to download from, got ${JSON.stringify(model)}`,
      );
    }
    const { folder, weights, bytes } = await pullModel(address, settings, downloadProgress());
    process.stderr.write(
      `clipql: ${describeAddress(address)}: ${weights}, ${megabytes(bytes)} in all\n`,
    );
    process.stdout.write(`${folder}\n`);
  }
}
