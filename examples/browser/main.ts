/**
 * Classifies a picture in the page: nothing is sent to a server. `?backend=wasm` or `?backend=auto` in the
 * address chooses another backend than the GPU.
 */
import { type Clip, ClipError, loadClip, modelFromBytes } from '@clipql/core';
import { MODEL_URLS } from './model-urls.ts';

const PHOTOGRAPH = new URL('../../packages/api/examples/march-pastoral.jpg', import.meta.url).href;

const form = document.querySelector('form')!;
const picture = document.querySelector('img')!;
const table = document.querySelector('table')!;
const status = document.querySelector('output')!;

const bytesAt = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());

async function load(): Promise<Clip> {
  const files: Record<string, Uint8Array> = {};
  for (const [file, url] of Object.entries(MODEL_URLS)) files[file] = await bytesAt(url);
  const asked = new URLSearchParams(location.search).get('backend');
  const backend = asked === 'wasm' || asked === 'auto' ? asked : 'gpu';
  return loadClip(modelFromBytes('nano', files), { backend });
}

async function classify(clip: Clip, image: Uint8Array): Promise<void> {
  const labels = String(new FormData(form).get('labels'))
    .split(',')
    .map((label) => label.trim());
  const start = performance.now();
  const [classification] = await clip.classify([image], labels);
  const milliseconds = Math.round(performance.now() - start);
  const rows = classification!.scores.map(({ label, probability }) => {
    const row = document.createElement('tr');
    const meter = Object.assign(document.createElement('meter'), { value: probability });
    row.append(...[label, meter, `${(100 * probability!).toFixed(1)} %`].map(cell));
    return row;
  });
  table.replaceChildren(...rows);
  const { name, mode, adapter, executor, threads } = clip.info.backend;
  const what = mode === undefined ? `${threads} threads` : `${mode}, ${adapter}, ${executor}`;
  status.value = `${clip.info.name} on ${name} (${what}): ${milliseconds} ms`;
}

function cell(content: string | Node): HTMLTableCellElement {
  const element = document.createElement('td');
  element.append(content);
  return element;
}

/** Shows what is asked for, or what is wrong with it. */
async function answer(loading: Promise<Clip>): Promise<void> {
  try {
    const file = new FormData(form).get('picture');
    const chosen = file instanceof File && file.size > 0;
    const image = chosen ? new Uint8Array(await file.arrayBuffer()) : await bytesAt(PHOTOGRAPH);
    picture.src = URL.createObjectURL(new Blob([image]));
    status.value = 'Working …';
    await classify(await loading, image);
  } catch (error) {
    status.value = error instanceof ClipError ? `${error.code}: ${error.message}` : String(error);
  }
}

const loading = load();
form.addEventListener('submit', (event) => {
  event.preventDefault();
  void answer(loading);
});
void answer(loading);
