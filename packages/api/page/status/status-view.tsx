import { useEffect, useState } from 'preact/hooks';
import { ErrorNote } from '../parts/error-note.tsx';
import { FactList } from '../parts/fact-list.tsx';
import { byteText, downloadText } from '../parts/figures.ts';
import { WithCode } from '../parts/with-code.tsx';
import { askDocument, askText, isForKey } from '../server/ask.ts';
import { type ServedModel, type ServerFacts, useServerFacts } from '../server/facts.ts';
import { type Workload, workloadOf } from '../server/metrics.ts';
import { useTurn } from '../server/use-turn.ts';
import { TEXTS } from '../texts.ts';
import type { ViewProps } from '../view.ts';

const STATUS = TEXTS.status;

/** What answers on this server, and what it takes. */
export function StatusView({ isShown }: ViewProps) {
  const { facts, error, refresh } = useServerFacts();
  const [workload, setWorkload] = useState<Workload>();
  const [workError, setWorkError] = useState<Error>();
  const [machine, setMachine] = useState<Machine>();
  const [machineError, setMachineError] = useState<Error>();
  const [turn, again] = useTurn();
  useEffect(() => {
    if (!isShown) return;
    const control = new AbortController();
    const read = () =>
      askText('metrics', control.signal).then(
        (text) => {
          setWorkload(workloadOf(text));
          setWorkError(undefined);
        },
        (reason: Error) => {
          if (control.signal.aborted) return;
          setWorkError(reason);
          // What is refused for want of a key is not asked for again, with a dialog each time.
          if (isForKey(reason)) clearInterval(timer);
        },
      );
    refresh();
    void read();
    askDocument<{ readonly machine: Machine }>(MACHINE, control.signal).then(
      (answer) => {
        setMachine(answer.machine);
        setMachineError(undefined);
      },
      (reason: Error) => control.signal.aborted || setMachineError(reason),
    );
    const timer = setInterval(() => void read(), 2_000);
    return () => {
      control.abort();
      clearInterval(timer);
    };
  }, [isShown, turn, refresh]);
  const failure = error ?? workError ?? machineError;
  return (
    <div class="stack">
      <h1>{STATUS.title}</h1>
      {failure !== undefined && <ErrorNote error={failure} onRetry={again} />}
      {facts === undefined && error === undefined && <p class="quiet">{TEXTS.frame.loading}</p>}
      {facts?.models.map((model) => (
        <ModelCard key={model.name} model={model} />
      ))}
      {workload !== undefined && <Work workload={workload} />}
      {machine !== undefined && <MachineCard machine={machine} />}
      {facts !== undefined && <Limits limits={facts.limits} />}
    </div>
  );
}

function ModelCard({ model }: { readonly model: ServedModel }) {
  const { name, loaded, embedded, note, parameters, imageSize, memoryBytes, backend } = model;
  const facts: readonly (readonly [string, string | undefined])[] = [
    [STATUS.parameters, parameters === null ? undefined : millions(parameters)],
    [STATUS.imageSize, imageSize === null ? undefined : STATUS.pixels(imageSize)],
    [STATUS.backend, backend === null ? undefined : backendText(backend)],
    [STATUS.threads, backend?.threads.toString()],
    [STATUS.memory, memoryBytes === null ? undefined : byteText(memoryBytes)],
  ];
  return (
    <section class="card stack" aria-label={name}>
      <h2>
        <bdi>{name}</bdi>
      </h2>
      <p class="quiet">{loaded ? STATUS.loaded : STATUS.notLoaded}</p>
      {embedded === true && (
        <p class="notice">
          <WithCode text={note ?? ''} />
        </p>
      )}
      <FactList facts={facts} />
    </section>
  );
}

function Work({ workload }: { readonly workload: Workload }) {
  const { queues, imagesPerSecond, memoryBytes } = workload;
  const speed = imagesPerSecond?.toLocaleString('en', { maximumFractionDigits: 1 });
  return (
    <section class="card stack" aria-label={STATUS.work}>
      <h2>{STATUS.work}</h2>
      <FactList
        facts={[
          ...Object.entries(STATUS.queues).map(
            ([name, title]) => [title, amount(queues.get(name) ?? 0)] as const,
          ),
          [STATUS.perSecond, speed ?? STATUS.notYet],
          [STATUS.resident, memoryBytes === undefined ? undefined : byteText(memoryBytes)],
        ]}
      />
    </section>
  );
}

const amount = (depth: number): string => depth.toLocaleString('en', { maximumFractionDigits: 1 });

interface FittingModel {
  readonly id: string;
  readonly precision: string;
  readonly downloadBytes: number;
}

interface Machine {
  readonly processors: number;
  readonly memoryBytes: number;
  readonly recommended: FittingModel | null;
  readonly mostAccurate: FittingModel | null;
}

const MACHINE = `query Machine {
  machine { processors memoryBytes recommended { ...model } mostAccurate { ...model } }
}
fragment model on FittingModel { id precision downloadBytes }`;

function MachineCard({ machine }: { readonly machine: Machine }) {
  const { processors, memoryBytes, recommended, mostAccurate } = machine;
  const text = (model: FittingModel | null) =>
    model === null
      ? undefined
      : STATUS.fitting(model.id, model.precision, downloadText(model.downloadBytes));
  return (
    <section class="card stack" aria-label={STATUS.machine}>
      <h2>{STATUS.machine}</h2>
      <FactList
        facts={[
          [STATUS.processors, processors.toLocaleString('en')],
          [STATUS.machineMemory, byteText(memoryBytes)],
          [STATUS.recommended, text(recommended)],
          [STATUS.mostAccurate, text(mostAccurate)],
        ]}
      />
    </section>
  );
}

function Limits({ limits }: Pick<ServerFacts, 'limits'>) {
  return (
    <section class="card stack" aria-label={STATUS.limits}>
      <h2>{STATUS.limits}</h2>
      <FactList
        facts={[
          [STATUS.pictures, limits.images.toLocaleString('en')],
          [STATUS.pictureBytes, byteText(limits.imageBytes)],
          [STATUS.pictureMegapixels, limits.imageMegapixels.toLocaleString('en')],
          [STATUS.labels, limits.labels.toLocaleString('en')],
          [STATUS.characters, limits.textCharacters.toLocaleString('en')],
        ]}
      />
    </section>
  );
}

const millions = (parameters: number): string => STATUS.millions((parameters / 1e6).toFixed(1));

function backendText({
  name,
  precision,
  simd,
  mode,
  adapter,
}: NonNullable<ServedModel['backend']>) {
  const parts = [name, precision, mode, adapter, simd === null ? null : STATUS.simd(simd)];
  return parts.filter((part) => part !== null).join(', ');
}
