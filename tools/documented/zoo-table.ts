import { join } from 'node:path';
import { type ZooModel, zoo } from '../../packages/api/src/models/zoo.ts';
import { zooFacts } from '../../packages/api/src/models/zoo-facts.ts';
import { ROOT } from './programs.ts';

export const ZOO_PAGE = join(ROOT, 'docs/models.md');

const BEGIN = '<!-- the zoo, by pnpm zoo -->';
const END = '<!-- end of the zoo -->';
const HUB = 'https://huggingface.co/';

/** The page with the zoo as it is now. */
export function withZooTable(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) {
    throw new Error(`${ZOO_PAGE}: expected ${BEGIN} and ${END}`);
  }
  return `${before}${BEGIN}\n${zooTable()}${END}${after}`;
}

const HEADINGS = [
  ...['model', 'for', 'languages', 'licence', 'download', 'memory f32 / int8'],
  ...['work per image', 'ImageNet'],
];

function zooTable(): string {
  const rule = HEADINGS.map((_, i) => (i < 4 ? '---' : '--:'));
  return [HEADINGS, rule, ...zoo().map(cells)].map((row) => `| ${row.join(' | ')} |\n`).join('');
}

function cells(model: ZooModel): readonly string[] {
  const { id, imagenet, licence, imageOperations } = model;
  const facts = zooFacts(model);
  return [
    `[\`${id}\`](${model.revision === undefined ? model.files.at(-1)!.from : `${HUB}${id}/tree/${model.revision}`})`,
    facts.tasks,
    facts.languages,
    licence === undefined ? facts.licence : `[${facts.licence}](${licence.source})`,
    facts.download,
    facts.memory,
    `${(imageOperations / 1e9).toFixed(1)} GFLOP`,
    imagenet === undefined ? facts.accuracy : `[${facts.accuracy}](${imagenet.source})`,
  ];
}
