import type { BackendInfo } from '@clipql/core';
import { asksForKeys } from '../access/open-to-all.ts';
import { GRAPHQL_PATH } from '../doors/requests/route.ts';
import { counted } from '../errors/counted.ts';
import { EXAMPLES_PATH } from '../images/example-images.ts';
import { FIRST_EXAMPLE } from '../images/examples.ts';
import type { LoadedModel } from '../models/loaded-model.ts';
import { recommendedModel } from '../models/zoo.ts';
import type { Settings } from '../settings/settings.ts';

/**
 * What to know once the server listens.
 *
 * @param url where it does.
 */
export function startText(
  { clip, folder, embedded }: LoadedModel,
  url: string,
  settings: Settings,
): string {
  const { name, parameters, backend } = clip.info;
  const lines = [
    `ClipQL answers at ${url}${GRAPHQL_PATH}${settings.graphiql ? ' (in a browser: GraphiQL)' : ''}`,
    ...(settings.page ? [`  page      ${url}/`] : []),
    `  model     ${name}, ${(parameters / 1e6).toFixed(1)} million parameters, ${folder}`,
    ...(embedded ? smallModel() : []),
    `  backend   ${describeBackend(backend)}`,
    `  examples  ${url}${EXAMPLES_PATH}`,
    `  hosts     ${imageHosts(settings)}`,
    `  try       ${curlCommand(url, asksForKeys(settings))}`,
    '  stop      Ctrl-C',
  ];
  return `${lines.join('\n')}\n`;
}

const smallModel = () => [
  '            a small model for trying things out. For better answers, download one:',
  `            --model ${recommendedModel().id}`,
  '            or give a folder of Hugging Face or open_clip: --model DIR',
];

function describeBackend({ name, precision, threads, simd, mode, adapter }: BackendInfo): string {
  const onGpu = mode === undefined ? [] : [mode, ...(adapter === undefined ? [] : [adapter])];
  const onCpu = [counted(threads, 'thread'), ...(simd ? [`${simd} SIMD`] : [])];
  return [name, precision, ...(mode === undefined ? onCpu : onGpu)].join(', ');
}

/** Where images may come from. */
function imageHosts({ allowHosts, onlyHosts }: Settings): string {
  const hosts = onlyHosts.length > 0 ? onlyHosts.join(', ') : 'public hosts';
  if (allowHosts.length > 0) return `images come from ${hosts}, and from ${allowHosts.join(', ')}`;
  return `images come from ${hosts}; --allow-hosts localhost:8000 opens a private one`;
}

/** For a POSIX shell, in one line. */
function curlCommand(url: string, needsKey: boolean): string {
  const imageUrl = JSON.stringify(`${EXAMPLES_PATH}${FIRST_EXAMPLE.file}`);
  const query = `{ classify(imageUrl: ${imageUrl}, labels: ["mountain", "dog", "car"]) { label scores { label probability } } }`;
  const key = needsKey ? " -H 'authorization: Bearer KEY'" : '';
  return `curl ${url}${GRAPHQL_PATH}${key} -H 'content-type: application/json' -d '${JSON.stringify({ query })}'`;
}
