/**
 * Classifies a picture in the page: nothing is sent to a server. The address may fill the form in:
 * `?model=org/name`, `?backend=auto`, `gpu` or `wasm`, and `?endpoint=` for another hub.
 */
import { type Clip, ClipError, type DownloadProgress, loadClip } from '@clipql/core';
import { bytesAt, chooseModel } from './choose-model.ts';

const PHOTOGRAPH = new URL('../../packages/api/examples/march-pastoral.jpg', import.meta.url).href;

const form = document.querySelector('form')!;
const picture = document.querySelector('img')!;
const table = document.querySelector('table')!;
const progress = document.querySelector('progress')!;
const status = document.querySelector('output')!;

const asked = new URLSearchParams(location.search);
for (const name of ['model', 'backend']) {
  const field = form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement;
  field.value = asked.get(name) ?? field.value;
}

const filesOf = (data: FormData, name: string): readonly File[] =>
  data.getAll(name).filter((value) => value instanceof File && value.size > 0) as File[];

let loaded: { readonly choice: string; readonly clip: Promise<Clip> } | undefined;

/** The model that the form asks for; the one before is let go. */
function modelOf(data: FormData): Promise<Clip> {
  const id = String(data.get('model')).trim();
  const backend = data.get('backend') as 'auto' | 'gpu' | 'wasm';
  const files = filesOf(data, 'files');
  const choice = JSON.stringify([id, backend, files.map(({ name, size }) => [name, size])]);
  if (loaded?.choice === choice) return loaded.clip;
  void loaded?.clip.then((clip) => clip.dispose()).catch(() => {});
  const endpoint = asked.get('endpoint') ?? undefined;
  const clip = chooseModel({ id, files, endpoint }, showProgress).then((model) =>
    loadClip(model, { backend }),
  );
  loaded = { choice, clip };
  clip.catch(() => {
    if (loaded?.clip === clip) loaded = undefined;
  });
  return clip;
}

function showProgress(step: DownloadProgress): void {
  progress.hidden = step.kind !== 'data';
  if (step.kind === 'retry') status.value = `${step.reason}; again in ${step.seconds} s`;
  if (step.kind !== 'data') return;
  progress.value = step.received / step.size;
  status.value = `${step.file}: ${megabytes(step.received)} of ${megabytes(step.size)} MB`;
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

async function classify(clip: Clip, image: Uint8Array, data: FormData): Promise<void> {
  const labels = String(data.get('labels'))
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
  const onThreads = threads === 1 ? 'one thread' : `${threads} threads`;
  const what = mode === undefined ? onThreads : `${mode}, ${adapter}, ${executor}`;
  status.value = `${clip.info.name} on ${name} (${what}): ${milliseconds} ms`;
}

function cell(content: string | Node): HTMLTableCellElement {
  const element = document.createElement('td');
  element.append(content);
  return element;
}

/** Shows what is asked for, or what is wrong with it. */
async function answer(): Promise<void> {
  const data = new FormData(form);
  try {
    const [file] = filesOf(data, 'picture');
    const image = file ? new Uint8Array(await file.arrayBuffer()) : await bytesAt(PHOTOGRAPH);
    picture.src = URL.createObjectURL(new Blob([image]));
    status.value = 'Working …';
    await classify(await modelOf(data), image, data);
  } catch (error) {
    progress.hidden = true;
    status.value = error instanceof ClipError ? `${error.code}: ${error.message}` : String(error);
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void answer();
});
void answer();
