import type { ClassifyMode } from '@clipql/core';
import { ApiError } from '../errors/api-error.ts';
import { shorten } from '../errors/one-line.ts';

/** What one operation may ask for; a server's settings say how much. */
export interface Limits {
  /** Labels of one classification. */
  readonly maxLabels: number;
  /** Characters of a label, a template or a text to embed. */
  readonly maxTextLength: number;
  /** Prompts (labels × templates, and texts to embed) of one operation, equal ones each time. */
  readonly maxPrompts: number;
  /** Images of one operation, equal ones counted each time. */
  readonly maxImages: number;
}

/** Characters of all prompts of one operation: tokenizing takes a second or two for them. */
const MAX_PROMPT_CHARACTERS = 1_000_000;
/** Numbers of one answer, some 20 bytes each: 7,000 embeddings of 1,024 values fit in. */
const MAX_ANSWER_VALUES = 8_000_000;
/** Bytes of one image file. */
export const MAX_IMAGE_BYTES = 20 * 1024 * 1024;

const LABEL_PLACE = '{}';

/**
 * Checks what is to be classified before any work is done for it.
 *
 * @throws ApiError TOO_MANY_LABELS; TOO_MANY_PROMPTS; BAD_INPUT for no labels or templates, an
 *   empty or overlong label, or a template without `{}`.
 */
export function checkLabels(
  labels: readonly string[],
  templates: readonly string[],
  limits: Limits,
): void {
  if (labels.length === 0) throw badInput('expected at least 1 label, got none');
  if (templates.length === 0) throw badInput('expected at least 1 template, got none');
  if (labels.length > limits.maxLabels) {
    throw new ApiError(
      'TOO_MANY_LABELS',
      `expected at most ${count(limits.maxLabels)} labels, got ${count(labels.length)}`,
    );
  }
  const prompts = labels.length * templates.length;
  if (prompts > limits.maxPrompts) {
    const where = `${labels.length} labels × ${templates.length} templates`;
    throw tooManyPrompts(where, prompts, limits);
  }
  for (const [i, label] of labels.entries()) checkLabel(i, label, limits);
  for (const template of templates) checkTemplate(template, limits);
  const longestLabel = Math.max(...labels.map((label) => label.length));
  for (const template of templates) checkPromptLength(template, longestLabel, limits);
}

/** @throws ApiError BAD_INPUT for a text that is too long to embed. */
export function checkText(text: string, limits: Limits): void {
  checkLength('the text', text, limits);
}

/** @throws ApiError BAD_INPUT when a number of scores to give is below 1. @returns it. */
export function checkTop(top: number): number {
  if (top < 1) throw badInput(`expected at least 1 score to give, got ${top}`);
  return top;
}

/** @throws ApiError BAD_INPUT for a bound that no score, or every score, is below. */
export function checkRejection(below: number, mode: ClassifyMode): void {
  const [what, least] = mode === 'cosine' ? ['a cosine', -1] : ['a probability', 0];
  if (below >= least && below <= 1) return;
  throw badInput(`expected ${what} from ${least} to 1 to reject below, got ${below}`);
}

/** How much text is asked for. */
export interface PromptCount {
  readonly prompts: number;
  /** Of all of them together. */
  readonly characters: number;
}

/** @throws ApiError TOO_MANY_PROMPTS when they, or their characters, are more than allowed. */
export function checkPrompts({ prompts, characters }: PromptCount, limits: Limits): void {
  if (prompts > limits.maxPrompts) throw tooManyPrompts('one operation', prompts, limits);
  if (characters <= MAX_PROMPT_CHARACTERS) return;
  throw new ApiError(
    'TOO_MANY_PROMPTS',
    `expected at most ${count(MAX_PROMPT_CHARACTERS)} characters in all prompts of one operation, got ${count(characters)}`,
  );
}

/** @throws ApiError BAD_INPUT for variables of more values, lists and objects among them, than `most`. */
export function checkVariableValues(values: number, most: number): void {
  if (values <= most) return;
  throw badInput(
    `expected variables of at most ${count(most)} values, got ${count(values)} or more`,
  );
}

/** @throws ApiError TOO_MANY_IMAGES when an operation names more images than it may. */
export function checkImageCount(images: number, { maxImages }: Limits): void {
  if (images <= maxImages) return;
  throw new ApiError(
    'TOO_MANY_IMAGES',
    `expected at most ${count(maxImages)} images in one operation, got ${count(images)}`,
  );
}

/**
 * @param values numbers of an answer, and what is as long.
 * @throws ApiError ANSWER_TOO_LARGE when they are more than one answer can hold.
 */
export function checkAnswerValues(values: number): void {
  if (values <= MAX_ANSWER_VALUES) return;
  throw new ApiError(
    'ANSWER_TOO_LARGE',
    `expected an answer of at most ${count(MAX_ANSWER_VALUES)} values, got a request for ${count(Math.ceil(values))}`,
  );
}

/**
 * @param where the image came from, for the message.
 * @throws ApiError IMAGE_TOO_LARGE for a file of more bytes than `most`.
 */
export function checkImageBytes(bytes: number, most: number, where = ''): void {
  if (bytes <= most) return;
  throw new ApiError(
    'IMAGE_TOO_LARGE',
    `expected an image of at most ${most / 1024 / 1024} MiB, got ${bytes} bytes ${where}`.trim(),
  );
}

function checkLabel(index: number, label: string, limits: Limits): void {
  if (label.trim() === '') {
    throw badInput(`expected a text as label ${index + 1}, got an empty one`);
  }
  checkLength(`label ${index + 1}`, label, limits);
}

function checkTemplate(template: string, limits: Limits): void {
  checkLength('a template', template, limits);
  if (template.includes(LABEL_PLACE)) return;
  const got = JSON.stringify(shorten(template, 60));
  throw badInput(`expected a template with ${LABEL_PLACE}, where the label goes, got ${got}`);
}

/** A template may repeat its label: twice as much as a text in all. */
function checkPromptLength(template: string, longestLabel: number, limits: Limits): void {
  const most = 2 * limits.maxTextLength;
  const places = template.split(LABEL_PLACE).length - 1;
  const length = template.length + places * (longestLabel - LABEL_PLACE.length);
  if (length <= most) return;
  throw badInput(
    `expected at most ${count(most)} characters in a label with its template, got ${count(length)}`,
  );
}

function checkLength(what: string, text: string, { maxTextLength }: Limits): void {
  if (text.length <= maxTextLength) return;
  throw badInput(
    `expected at most ${count(maxTextLength)} characters in ${what}, got ${count(text.length)}`,
  );
}

function tooManyPrompts(where: string, prompts: number, { maxPrompts }: Limits): ApiError {
  return new ApiError(
    'TOO_MANY_PROMPTS',
    `expected at most ${count(maxPrompts)} prompts, got ${count(prompts)} (${where})`,
  );
}

const badInput = (message: string) => new ApiError('BAD_INPUT', message);

const count = (value: number) => value.toLocaleString('en-US');
