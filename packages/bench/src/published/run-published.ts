import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BenchError } from '../kit/errors.ts';
import { REFERENCE, REPOSITORY } from '../kit/folders.ts';
import { modelOnDisk } from '../kit/models/model-on-disk.ts';
import { atMost, type Claim } from '../kit/reports/claims.ts';
import { startHubProcess } from './hub-process.ts';
import { type Measured, measuredClipql } from './measured-clipql.ts';

const PHOTO = join(REPOSITORY, 'packages/api/examples/march-pastoral.jpg');
const SAFETENSORS = 'model.safetensors';
const PYTORCH = 'pytorch_model.bin';
const MEGABYTE = 1e6;
/** Of the weights' bytes, what a command may take beyond a small model: one tower, of which the larger has 0.58. */
const MOST_BEYOND = 0.65;

interface PublishedRow {
  readonly weights: string;
  readonly fileMB: number;
  readonly pullSeconds: number;
  readonly pullPeakMB: number;
  readonly classifySeconds: number;
  readonly classifyPeakMB: number;
  readonly best: string;
}

export interface PublishedResult {
  readonly rows: readonly PublishedRow[];
  readonly claims: readonly Claim[];
}

/**
 * ViT-B/32 at its full size, once as safetensors and once as PyTorch saves it, pulled from a hub on
 * this machine, loaded and asked by the command line. Takes 3 GB of disk and a Python with PyTorch.
 *
 * @throws BenchError PACKAGE_MISSING where Python has no PyTorch.
 */
export async function runPublished(
  python: string,
  progress: (line: string) => void,
): Promise<PublishedResult> {
  const folder = await mkdtemp(join(tmpdir(), 'clipql-published-'));
  try {
    const models = await writeModels(folder, python, progress);
    const hub = await startHubProcess({
      'bench/safetensors': models.safetensors,
      'bench/pytorch': models.pytorch,
    });
    try {
      return await measure(folder, hub.endpoint, models, progress);
    } finally {
      await hub.end();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface ModelFolders {
  readonly safetensors: string;
  readonly pytorch: string;
}

async function writeModels(
  folder: string,
  python: string,
  progress: (line: string) => void,
): Promise<ModelFolders> {
  progress('writing ViT-B/32 as safetensors');
  const made = await modelOnDisk('vit-b-32');
  const safetensors = join(folder, 'safetensors');
  const pytorch = join(folder, 'pytorch');
  await rename(made.folder, safetensors);
  await writeFile(
    join(safetensors, 'config.json'),
    publishedConfig(await readFile(join(safetensors, 'config.json'), 'utf8')),
  );
  await mkdir(pytorch);
  for (const file of ['config.json', 'preprocessor_config.json', 'tokenizer.json']) {
    await copyFile(join(safetensors, file), join(pytorch, file));
  }
  progress('writing it as PyTorch saves it');
  const script = join(REFERENCE, 'torch-checkpoint.py');
  try {
    await promisify(execFile)(python, [
      script,
      join(safetensors, SAFETENSORS),
      join(pytorch, PYTORCH),
    ]);
  } catch (cause) {
    throw new BenchError('PACKAGE_MISSING', `${python} ${script} failed; it needs PyTorch`, {
      cause,
    });
  }
  return { safetensors, pytorch };
}

/** The end token as the published config has it: an old mistake that models depend on. */
function publishedConfig(json: string): string {
  const config = JSON.parse(json);
  return JSON.stringify({
    ...config,
    text_config: { ...config.text_config, bos_token_id: 0, eos_token_id: 2 },
  });
}

async function measure(
  folder: string,
  endpoint: string,
  models: ModelFolders,
  progress: (line: string) => void,
): Promise<PublishedResult> {
  const environment = {
    HF_ENDPOINT: endpoint,
    HF_HOME: join(folder, 'home'),
    NO_PROXY: '127.0.0.1',
  };
  const peakFile = join(folder, 'peak');
  const run = (...args: readonly string[]) => measuredClipql(args, environment, peakFile);
  const classify = (...args: readonly string[]) =>
    run('classify', PHOTO, '--labels', 'sheep,boat,house', '--json', ...args);
  progress('asking the small model, for what a command takes without weights');
  const small = await classify();

  const rows: PublishedRow[] = [];
  const claims: Claim[] = [];
  const answers: string[] = [];
  for (const [name, file] of [
    ['safetensors', SAFETENSORS],
    ['pytorch', PYTORCH],
  ] as const) {
    const { size } = await stat(join(models[name], file));
    progress(`pulling and asking ${file}`);
    const pulled = await run('pull', `bench/${name}`);
    const asked = await classify('--model', `bench/${name}`);
    const [answer] = JSON.parse(asked.stdout);
    answers.push(JSON.stringify(answer.scores));
    rows.push(rowOf(file, size, pulled, asked, answer.label));
    const beyond = (asked.peakBytes - small.peakBytes) / size;
    claims.push(
      atMost(`${file}: memory beyond lite's, as a share of the weights`, beyond, MOST_BEYOND),
      atMost(`${file}: megabytes that a pull takes`, pulled.peakBytes / MEGABYTE, 250),
    );
  }
  const differing = answers.filter((answer) => answer !== answers[0]).length;
  claims.push(atMost('answers that differ between the two files', differing, 0));
  return { rows, claims };
}

function rowOf(
  weights: string,
  size: number,
  pulled: Measured,
  asked: Measured,
  best: string,
): PublishedRow {
  const megabytes = (bytes: number) => Math.round(bytes / MEGABYTE);
  return {
    weights,
    fileMB: megabytes(size),
    pullSeconds: Number(pulled.seconds.toFixed(1)),
    pullPeakMB: megabytes(pulled.peakBytes),
    classifySeconds: Number(asked.seconds.toFixed(1)),
    classifyPeakMB: megabytes(asked.peakBytes),
    best,
  };
}
