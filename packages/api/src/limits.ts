import type { ClassifyMode } from '@clipql/core';
import { ApiError, shorten } from './errors.ts';

/** Labels of one classification. */
const MAX_LABELS = 1_000;
/** Characters of a label, a template or a text to embed. */
const MAX_TEXT_LENGTH = 8_192;
/** Characters of a label in its template, which may repeat it. */
const MAX_PROMPT_LENGTH = 2 * MAX_TEXT_LENGTH;
/** Different prompts (labels × templates, and texts to embed) of one operation. */
const MAX_PROMPTS = 7_000;
/** Characters of all different prompts of one operation: tokenizing takes a second or two for them. */
const MAX_PROMPT_CHARACTERS = 1_000_000;
/** Images of one operation, equal ones counted each time. */
export const MAX_IMAGES = 64;
/** Bytes of one image file. */
export const MAX_IMAGE_BYTES = 20 * 1024 * 1024;

const LABEL_PLACE = '{}';

/**
 * Checks what is to be classified before any work is done for it.
 *
 * @throws ApiError TOO_MANY_LABELS; TOO_MANY_PROMPTS; BAD_INPUT for no labels or templates, an
 *   empty or overlong label, or a template without `{}`.
 */
export function checkLabels(labels: readonly string[], templates: readonly string[]): void {
  if (labels.length === 0) throw badInput('expected at least 1 label, got none');
  if (templates.length === 0) throw badInput('expected at least 1 template, got none');
  if (labels.length > MAX_LABELS) {
    throw new ApiError(
      'TOO_MANY_LABELS',
      `expected at most ${count(MAX_LABELS)} labels, got ${count(labels.length)}`,
    );
  }
  const prompts = labels.length * templates.length;
  if (prompts > MAX_PROMPTS) {
    throw tooManyPrompts(`${labels.length} labels × ${templates.length} templates`, prompts);
  }
  for (const [i, label] of labels.entries()) checkLabel(i, label);
  for (const template of templates) checkTemplate(template);
  const longestLabel = Math.max(...labels.map((label) => label.length));
  for (const template of templates) checkPromptLength(template, longestLabel);
}

/** @throws ApiError BAD_INPUT for a text that is too long to embed. */
export function checkText(text: string): void {
  checkLength('the text', text);
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

/**
 * @param prompts the different ones of an operation.
 * @throws ApiError TOO_MANY_PROMPTS when they, or their characters, are more than allowed.
 */
export function checkPrompts(prompts: readonly string[]): void {
  if (prompts.length > MAX_PROMPTS) throw tooManyPrompts('one operation', prompts.length);
  const characters = prompts.reduce((sum, prompt) => sum + prompt.length, 0);
  if (characters <= MAX_PROMPT_CHARACTERS) return;
  throw new ApiError(
    'TOO_MANY_PROMPTS',
    `expected at most ${count(MAX_PROMPT_CHARACTERS)} characters in all prompts of one operation, got ${count(characters)}`,
  );
}

/** @throws ApiError TOO_MANY_IMAGES when an operation names more images than `most`. */
export function checkImageCount(images: number, most: number): void {
  if (images <= most) return;
  throw new ApiError(
    'TOO_MANY_IMAGES',
    `expected at most ${count(most)} images in one operation, got ${count(images)}`,
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

function checkLabel(index: number, label: string): void {
  if (label.trim() === '') {
    throw badInput(`expected a text as label ${index + 1}, got an empty one`);
  }
  checkLength(`label ${index + 1}`, label);
}

function checkTemplate(template: string): void {
  checkLength('a template', template);
  if (template.includes(LABEL_PLACE)) return;
  const got = JSON.stringify(shorten(template, 60));
  throw badInput(`expected a template with ${LABEL_PLACE}, where the label goes, got ${got}`);
}

function checkPromptLength(template: string, longestLabel: number): void {
  const places = template.split(LABEL_PLACE).length - 1;
  const length = template.length + places * (longestLabel - LABEL_PLACE.length);
  if (length <= MAX_PROMPT_LENGTH) return;
  throw badInput(
    `expected at most ${count(MAX_PROMPT_LENGTH)} characters in a label with its template, got ${count(length)}`,
  );
}

function checkLength(what: string, text: string): void {
  if (text.length <= MAX_TEXT_LENGTH) return;
  throw badInput(
    `expected at most ${count(MAX_TEXT_LENGTH)} characters in ${what}, got ${count(text.length)}`,
  );
}

function tooManyPrompts(where: string, prompts: number): ApiError {
  return new ApiError(
    'TOO_MANY_PROMPTS',
    `expected at most ${count(MAX_PROMPTS)} prompts, got ${count(prompts)} (${where})`,
  );
}

const badInput = (message: string) => new ApiError('BAD_INPUT', message);

const count = (value: number) => value.toLocaleString('en-US');
