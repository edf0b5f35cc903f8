import { DEFAULT_TEMPLATES, type LinearProbe } from '@clipql/core';
import { ApiError } from '../../errors/api-error.ts';
import { counted } from '../../errors/counted.ts';
import { grouped } from '../../errors/grouped.ts';
import { quoted } from '../../errors/one-line.ts';
import type { Limits } from '../../limits/limits.ts';
import { checkLabels } from '../../limits/texts.ts';
import type { ModelSession } from '../../loaders/loaders.ts';
import { CANDIDATE_TEMPLATES } from './candidate-templates.ts';
import { type EvaluatedClass, encodeClasses } from './encode-classes.ts';
import type { Figures } from './evaluation.ts';
import { figuresInThread } from './figures-thread.ts';
import { type DistinctImages, distinctImages, type LabelledImage } from './labelled-images.ts';
import type { ClassPrompts } from './zero-shot.ts';

export interface EvaluationRequest {
  /** At least 2; some may have no pictures. */
  readonly classes: readonly EvaluatedClass[];
  readonly images: readonly LabelledImage[];
  /** What figures are broken down by; the pictures have their values. */
  readonly columns: readonly string[];
  /** Core's own unless given. */
  readonly templates?: readonly string[] | undefined;
  /** Whether other templates are tried as well. */
  readonly compareTemplates: boolean;
  /** Pictures of each class that are learned from, ascending; none for zero-shot alone. */
  readonly shots: readonly number[];
  /** Of cross-validation; Infinity leaves one out. A few pictures are left out one by one unless given. */
  readonly folds?: number | undefined;
}

/** How good a model is at telling classes apart: figures, and what they are of. */
export interface Evaluation extends DistinctImages {
  readonly model: string;
  readonly classes: readonly EvaluatedClass[];
  readonly templates: readonly string[];
  /** Those that were tried besides. */
  readonly candidates: readonly string[];
  readonly figures: Figures;
  /** What the figures do not say, one line each. */
  readonly warnings: readonly string[];
}

/** Up to so many pictures are left out one by one. */
const FEW_IMAGES = 40;
const FOLDS = 5;

/**
 * Measures the model of a session on pictures whose classes are known.
 *
 * @throws ApiError as {@link checkClasses} does; BAD_INPUT for no pictures.
 */
export async function evaluate(
  session: ModelSession,
  request: EvaluationRequest,
): Promise<Evaluation> {
  const { classes } = request;
  const templates = request.templates ?? DEFAULT_TEMPLATES;
  const candidates = request.compareTemplates ? CANDIDATE_TEMPLATES : [];
  const all = [...new Set([...templates, ...candidates])];
  checkClasses(classes, all, session.loaders.limits);
  const { prompts, warnings } = await encodeClasses(session, classes, all);
  return measure(session, {
    ...request,
    templates,
    candidates,
    prompts,
    warnings,
    candidatePlaces: candidates.map((template) => all.indexOf(template)),
  });
}

/** What is measured, with its texts encoded. */
interface Measured
  extends Pick<EvaluationRequest, 'classes' | 'images' | 'columns' | 'folds' | 'shots'> {
  readonly templates: readonly string[];
  readonly candidates: readonly string[];
  /** Among the templates of the prompts, of which those asked for come first. */
  readonly candidatePlaces: readonly number[];
  readonly prompts: readonly ClassPrompts[];
  /** Answers in place of the prompts. */
  readonly probe?: LinearProbe | undefined;
  readonly warnings: readonly string[];
}

/** @throws ApiError BAD_INPUT for no pictures. */
export async function measure(session: ModelSession, request: Measured): Promise<Evaluation> {
  const { classes, columns, shots, templates, candidates, prompts, probe } = request;
  const distinct = distinctImages(request.images);
  const { images } = distinct;
  if (images.length === 0) throw badInput('expected pictures that are in one class each, got none');
  const { info } = session.model.clip;
  const figures = await figuresInThread(
    {
      embeddings: packed(images),
      truths: images.map(({ truth }) => truth),
      prompts,
      templates: Math.max(1, new Set(templates).size),
      candidates: request.candidatePlaces,
      probe,
      logitScale: info.logitScale,
      folds: request.folds ?? (images.length <= FEW_IMAGES ? Number.POSITIVE_INFINITY : FOLDS),
      shots,
      columns: columns.map((name, column) => ({
        name,
        values: images.map(({ groups }) => groups[column]),
      })),
    },
    session.loaders.signal,
  );
  return {
    ...distinct,
    model: info.name,
    classes,
    templates,
    candidates,
    figures,
    warnings: [
      ...request.warnings,
      ...sameTexts(classes),
      ...smallClasses(classes, images),
      ...(shots.length > 0 && figures.fewShot === undefined
        ? ['no class has 2 pictures: there is none to learn from and another to judge by']
        : []),
      ...(info.classifyMode === 'sigmoid' && probe === undefined
        ? [
            'probabilities are shared among the classes (mode softmax), while this model’s own mode is sigmoid',
          ]
        : []),
    ],
  };
}

function packed(images: readonly LabelledImage[]): Float32Array {
  const width = images[0]!.embedding.length;
  const values = new Float32Array(images.length * width);
  for (const [i, { embedding }] of images.entries()) values.set(embedding, i * width);
  return values;
}

/**
 * Checks what is to be measured before any work is done for it.
 *
 * @throws ApiError BAD_INPUT for fewer than 2 classes, and for labels or templates that cannot be used;
 *   TOO_MANY_LABELS and TOO_MANY_PROMPTS.
 */
export function checkClasses(
  classes: readonly EvaluatedClass[],
  templates: readonly string[],
  limits: Limits,
): void {
  if (classes.length < 2) {
    const got = classes.map(({ value }) => quoted(value)).join() || 'none';
    throw badInput(`expected at least 2 classes, as any answer is right among fewer, got ${got}`);
  }
  checkLabels(
    classes.flatMap(({ texts }) => texts),
    templates,
    limits,
  );
}

/** Of equal texts the first class always wins. */
function sameTexts(classes: readonly EvaluatedClass[]): readonly string[] {
  const byTexts = Map.groupBy(classes, ({ texts }) => JSON.stringify([...texts].sort()));
  return [...byTexts.values()]
    .filter((same) => same.length > 1)
    .map(
      (same) =>
        `classes ${listed(same)} have the same text, so that zero-shot never gives more than the first of them`,
    );
}

function smallClasses(
  classes: readonly EvaluatedClass[],
  images: readonly LabelledImage[],
): readonly string[] {
  const sizes = classes.map((_, k) => images.filter(({ truth }) => truth === k).length);
  const ofSize = (size: number) => classes.filter((_, k) => sizes[k] === size);
  const [none, one] = [ofSize(0), ofSize(1)];
  return [
    ...(none.length === 0
      ? []
      : [
          `no recall is known of ${counted(none.length, 'class', 'classes')} without pictures: ${listed(none)}`,
        ]),
    ...(one.length === 0
      ? []
      : [
          `hardly anything is known of ${counted(one.length, 'class', 'classes')} with a single picture: ${listed(one)}`,
        ]),
  ];
}

const SHOWN = 8;

function listed(classes: readonly EvaluatedClass[]): string {
  const names = classes.slice(0, SHOWN).map(({ value }) => quoted(value, 40));
  const rest = classes.length - names.length;
  return `${names.join(', ')}${rest > 0 ? ` and ${grouped(rest)} more` : ''}`;
}

const badInput = (message: string): ApiError => new ApiError('BAD_INPUT', message);
